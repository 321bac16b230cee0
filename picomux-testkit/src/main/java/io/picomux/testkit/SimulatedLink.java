package io.picomux.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a byte transport on a {@link VirtualClock}: bytes arrive in order, after the
 * profile's latency, at its rate, in slices of random length, unless something goes wrong. Not
 * thread-safe.
 */
public final class SimulatedLink {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final VirtualClock clock;
  private final LinkProfile profile;
  private final Random random;
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private @Nullable LinkEnd from;
  private @Nullable LinkEnd to;
  private UnaryOperator<byte[]> tampering = UnaryOperator.identity();
  private int queuedBytes;
  private int slicesUnderWay;
  private boolean sending;
  private boolean ending;
  private boolean silent;
  private boolean cut;
  private long stalledUntilNanos;
  private long sentBytes;
  private long deliveredBytes;
  private @Nullable Runnable onRefused;

  /** Creates an empty link, to be attached to its ends before it is used. */
  SimulatedLink(VirtualClock clock, LinkProfile profile, Random random) {
    this.clock = clock;
    this.profile = profile;
    this.random = random;
  }

  void attach(LinkEnd sender, LinkEnd receiver) {
    from = sender;
    to = receiver;
  }

  // ---- what goes wrong

  /**
   * Lets nothing leave the sender for a while, as an outage of a network does: its buffer fills.
   *
   * @param nanos how long, from now
   */
  public void stall(long nanos) {
    stalledUntilNanos = Math.max(stalledUntilNanos, clock.later(nanos));
  }

  /** Lets every byte vanish from now on: the sender notices nothing, the receiver hears nothing. */
  public void silence() {
    silent = true;
  }

  /** Drops what is under way and everything that is still sent; no end is told. */
  void cut() {
    cut = true;
    queue.clear();
    queuedBytes = 0;
  }

  /**
   * Changes what is sent, for tests of what notices that.
   *
   * @param change gets whole frames, one or several, and returns what goes on the link instead
   */
  public void tamper(UnaryOperator<byte[]> change) {
    tampering = change;
  }

  // ---- the state

  /** Returns whether the buffer takes in more; a frame may exceed it by its own length. */
  boolean hasRoom() {
    return queuedBytes < profile.bufferBytes() && !cut;
  }

  /** Returns whether nothing is queued or under way. */
  public boolean isIdle() {
    return queuedBytes == 0 && slicesUnderWay == 0;
  }

  /** Returns the bytes that were sent so far. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Returns the bytes that have arrived so far. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  // ---- the sender

  /** Returns the sender's side of the link. */
  Outlet outlet() {
    return new Outlet() {
      @Override
      public boolean hasRoom() {
        return SimulatedLink.this.hasRoom();
      }

      @Override
      public void send(byte[] frames) {
        SimulatedLink.this.send(frames);
      }

      @Override
      public void end() {
        SimulatedLink.this.end();
      }
    };
  }

  /** Takes in frames. */
  void send(byte[] frames) {
    byte[] bytes = tampering.apply(frames);
    sentBytes += bytes.length;
    if (cut || bytes.length == 0) {
      return;
    }
    queue.add(ByteBuffer.wrap(bytes));
    queuedBytes += bytes.length;
    if (!sending) {
      sendSlice();
    }
  }

  /** The receiver has closed its end: what arrives from now on is refused, which this tells. */
  void onRefused(Runnable action) {
    onRefused = action;
  }

  /** Nothing more is sent: the receiver hears of it behind the last byte. */
  void end() {
    ending = true;
    if (!sending) {
      sendEnd();
    }
  }

  private void sendSlice() {
    sending = true;
    int bytes = Math.min(queuedBytes, 1 + random.nextInt(profile.longestSliceBytes()));
    long nanos = bytes * NANOS_PER_SECOND / profile.bytesPerSecond();
    clock.at(Math.max(stalledUntilNanos, clock.nowNanos()) + nanos, () -> leave(bytes));
  }

  private void leave(int bytes) {
    if (cut) {
      sending = false;
      return;
    }
    if (clock.nowNanos() < stalledUntilNanos) {
      clock.at(stalledUntilNanos, () -> leave(bytes));
      return;
    }
    byte[] slice = take(bytes);
    slicesUnderWay++;
    clock.after(profile.latencyNanos(), () -> arrive(slice));
    if (queuedBytes > 0) {
      sendSlice();
    } else {
      sending = false;
      if (ending) {
        sendEnd();
      }
    }
    if (from != null && hasRoom()) {
      from.onRoom();
    }
  }

  private void arrive(byte[] slice) {
    slicesUnderWay--;
    if (!silent && !cut && to != null) {
      deliveredBytes += slice.length;
      if (onRefused != null) {
        onRefused.run();
      } else {
        to.onBytes(ByteBuffer.wrap(slice));
      }
    }
  }

  private void sendEnd() {
    clock.at(
        Math.max(stalledUntilNanos, clock.nowNanos()) + profile.latencyNanos(),
        () -> {
          if (!silent && !cut && to != null) {
            to.onEnd();
          }
        });
  }

  private byte[] take(int bytes) {
    byte[] slice = new byte[bytes];
    int filled = 0;
    while (filled < slice.length) {
      ByteBuffer first = queue.element();
      int n = Math.min(first.remaining(), slice.length - filled);
      first.get(slice, filled, n);
      filled += n;
      if (!first.hasRemaining()) {
        queue.remove();
      }
    }
    queuedBytes -= slice.length;
    return slice;
  }
}
