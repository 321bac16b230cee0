package io.picomux.reliability.faults.soak;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.testkit.LinkProfile;
import io.picomux.testkit.TcpLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A link to the server and the sessions over it, one after the other: each lives for a while and
 * ends in one of many ways. Its own thread calls {@link #live}; workers ask for {@link #current}.
 */
final class Lane {
  /** How a session ends. */
  enum Ending {
    CLOSE,
    DRAIN,
    ABORT,
    CUT,
    RESET,
    SILENCE
  }

  private static final int IDLE_STREAMS = 250;
  private static final int LIFE_SECONDS = 45;
  private static final long MILLISECOND_NANOS = 1_000_000;

  /** One session and what is going to happen to it. */
  static final class Occupant {
    private final PicoMux session;
    private volatile boolean harmed;

    Occupant(PicoMux session) {
      this.session = session;
    }

    PicoMux session() {
      return session;
    }

    /** Returns whether the session is being ended: from then on its calls may fail. */
    boolean isHarmed() {
      return harmed;
    }
  }

  private final InetSocketAddress server;
  private final Random random;
  private final Journal journal;
  private final boolean faults;
  private volatile @Nullable Occupant current;
  private volatile boolean stopped;

  Lane(InetSocketAddress server, long seed, boolean faults, Journal journal) {
    this.server = server;
    this.random = new Random(seed);
    this.faults = faults;
    this.journal = journal;
  }

  /** Returns the session that lives now, or null while there is none. */
  @Nullable Occupant current() {
    return current;
  }

  /** Lets {@link #live} return once the session of the moment has ended. */
  void stop() {
    stopped = true;
  }

  /** One session after another. */
  void live() {
    try (TcpLink link = TcpLink.to(server, random.nextLong())) {
      while (!stopped) {
        link.setProfile(profile());
        live(link);
      }
    } catch (IOException e) {
      journal.error("a session could not begin or be closed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void live(TcpLink link) throws IOException, InterruptedException {
    PicoMux session =
        PicoMux.builder()
            .liveness(SoakServer.LIVENESS)
            .debloat(random.nextInt(4) == 0)
            .connect(link.address());
    Occupant occupant = new Occupant(session);
    try {
      List<MuxStream> idle = openIdle(session);
      current = occupant;
      for (int second = 1 + random.nextInt(LIFE_SECONDS); second > 0 && !stopped; second--) {
        pause(1000);
        occasionally(link, session);
        if (!session.isAlive()) {
          throw new IOException("session ended by itself: " + session.onTermination().join());
        }
      }
      checkIdle(idle);
      occupant.harmed = true;
      current = null;
      end(link, session);
    } finally {
      current = null;
      occupant.harmed = true;
      session.abort();
    }
  }

  private List<MuxStream> openIdle(PicoMux session) throws IOException {
    byte[] request = new Request(Request.Kind.QUIET_ECHO, 0, 0).toMetadata();
    List<MuxStream> idle = new ArrayList<>();
    for (int i = 0; i < IDLE_STREAMS; i++) {
      idle.add(session.open(request));
    }
    checkIdle(idle);
    return idle;
  }

  /** A byte goes through each idle stream and comes back. */
  private void checkIdle(List<MuxStream> idle) throws IOException {
    for (int i = 0; i < idle.size(); i++) {
      idle.get(i).write(ByteBuffer.wrap(new byte[] {(byte) i}));
    }
    for (int i = 0; i < idle.size(); i++) {
      int echoed = idle.get(i).inputStream().read();
      if (echoed != (i & 0xFF)) {
        journal.error("an idle stream answered " + echoed + " instead of " + (i & 0xFF));
      }
    }
    journal.count("idle streams looked at");
  }

  /** Short stalls, other profiles and settings: none of it may harm the session. */
  private void occasionally(TcpLink link, PicoMux session)
      throws IOException, InterruptedException {
    switch (random.nextInt(faults ? 12 : 24)) {
      case 0 -> {
        link.hold();
        pause(random.nextInt(1500));
        link.release();
        journal.count("stalls");
      }
      case 1 -> link.setProfile(profile());
      case 2 -> session.setDebloat(random.nextBoolean());
      case 3 -> session.setLiveness(SoakServer.LIVENESS);
      case 4 -> session.ping(Duration.ofSeconds(30));
      default -> {}
    }
  }

  private void end(TcpLink link, PicoMux session) throws InterruptedException {
    Ending ending = Ending.values()[random.nextInt(faults && !stopped ? 6 : 3)];
    switch (ending) {
      case CLOSE -> session.close();
      case DRAIN -> session.drain(Duration.ofSeconds(5));
      case ABORT -> session.abort();
      case CUT -> cut(link, session);
      case RESET -> link.reset();
      case SILENCE -> link.hold();
    }
    if (!session.awaitTermination(Duration.ofSeconds(60))) {
      journal.error("the session did not end within 60 s of " + ending);
    }
    link.release();
    journal.count("sessions ended by " + ending);
  }

  /** Breaks the link somewhere among bytes that nobody is waiting for. */
  private void cut(TcpLink link, PicoMux session) {
    link.cutAfter(random.nextInt(200_000));
    Request request = new Request(Request.Kind.SINK, Long.MAX_VALUE, random.nextLong());
    try (MuxStream stream = session.open(request.toMetadata())) {
      Operation.send(stream, request, random);
    } catch (IOException e) {
      journal.count("writes ended by a cut");
    }
  }

  private LinkProfile profile() {
    if (!faults || random.nextInt(3) == 0) {
      return new LinkProfile(0, 1_000_000_000, 256 << 10, 64 << 10);
    }
    return new LinkProfile(
        random.nextInt(40) * MILLISECOND_NANOS,
        1_000_000 + random.nextInt(10_000_000),
        16 << 10,
        random.nextInt(5) == 0 ? 100 : 16 << 10);
  }

  private static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
