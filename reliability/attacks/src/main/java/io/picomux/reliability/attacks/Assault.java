package io.picomux.reliability.attacks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attack until the time is over: again and again, each time on a new connection, where the
 * victim ends it; else on one connection, which is held when everything is sent. The last
 * connection stays open until {@link #close}. Not thread-safe.
 */
final class Assault implements AutoCloseable {
  /**
   * Pause between two beginnings, chosen by judgement: a hundred sessions a second, so that the
   * attack is what is measured and not connecting.
   */
  private static final long RECONNECT_NANOS = 10_000_000;

  /** What an attack may send in all, by connection. */
  private static final long BYTES = 4L << 30;

  /** How long an attack that waits for the victim may overrun its time. */
  static final Duration GRACE = Duration.ofSeconds(3);

  private final Attack attack;
  private final Tape tape = new Tape();
  private @Nullable HostilePeer peer;
  private int connections;
  private long sentBytes;

  Assault(Attack attack) {
    this.attack = attack;
  }

  /** Attacks for that long, or until the victim does not accept connections any more. */
  void run(InetSocketAddress victim, Duration duration) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long leftNanos;
    while ((leftNanos = duration.toNanos() - (System.nanoTime() - start)) > 0) {
      long begun = System.nanoTime();
      endLast();
      peer =
          HostilePeer.connect(victim, new AttackBounds(Duration.ofNanos(leftNanos), BYTES), tape);
      connections++;
      playOnce(peer, Duration.ofNanos(leftNanos).plus(GRACE), attack.play());
      sentBytes += peer.sentBytes();
      long untilNextNanos = attack.end() == null ? leftNanos : RECONNECT_NANOS;
      Tape.waitUntil(begun + untilNextNanos);
    }
  }

  /** Does something on a connection; a watch closes it when that is stuck. */
  static void playOnce(HostilePeer hostile, Duration limit, Attack.Play play)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Thread watch =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                  hostile.close();
                }
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      play.on(hostile);
    } catch (IOException e) {
      // The victim has ended the session, as it should for most attacks; the victim says why.
      return;
    } finally {
      done.countDown();
      watch.join();
    }
  }

  /** Returns what was sent, and when. */
  Tape tape() {
    return tape;
  }

  int connections() {
    return connections;
  }

  long sentBytes() {
    return sentBytes;
  }

  @Override
  public void close() throws IOException {
    endLast();
  }

  /** Closes the last connection. */
  void endLast() throws IOException {
    HostilePeer last = peer;
    if (last != null) {
      last.close();
    }
  }
}
