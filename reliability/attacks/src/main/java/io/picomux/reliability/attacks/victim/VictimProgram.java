package io.picomux.reliability.attacks.victim;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.core.MuxLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The process under attack: a {@link PicoMuxServer} whose limits are the defaults, but for what its
 * argument says, and a plain TCP sink, both on free loopback ports. {@link StreamService} says what
 * its application does.
 *
 * <p>Prints a {@link Started} and then answers each line of its standard input with one line, both
 * JSON. Ends with its input.
 *
 * <pre>
 *   measure           a full garbage collection and {@link Figures}
 *   end PORT MILLIS   {@link Ending} of the session whose peer has this port, waiting for it; else null
 *   counts            how often sessions have ended for which reason since the last time
 *   session PORT      {@link io.picomux.core.CoreStats} of a session, null when it is over
 *   ping PORT MILLIS  round trip of a PING of the victim's in microseconds, or what went wrong
 * </pre>
 */
public final class VictimProgram {
  private static final Gson GSON = new Gson();

  /** How long the handler of a session may take to begin: far longer than any machine needs. */
  private static final long START_LIMIT_MILLIS = 10_000;

  private final StreamService service = new StreamService();
  private final SessionLedger ledger = new SessionLedger();

  private final MuxLimits limits;

  private VictimProgram(MuxLimits limits) {
    this.limits = limits;
  }

  /**
   * Listens and answers until its input ends.
   *
   * @param args its {@link MuxLimits#maxStreamOpensPerSecond()}
   */
  public static void main(String[] args) throws Exception {
    int opensPerSecond = Integer.parseInt(args[0]);
    new VictimProgram(MuxLimits.builder().maxStreamOpensPerSecond(opensPerSecond).build()).run();
  }

  private void run() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpSink sink = TcpSink.listen();
    try (PicoMuxServer server =
        PicoMuxServer.builder()
            .sessions(PicoMux.builder().limits(limits))
            .listen(address, this::serve)) {
      int muxPort = ((InetSocketAddress) server.localAddress()).getPort();
      say(
          new Started(
              muxPort,
              sink.port(),
              ManagementFactory.getRuntimeMXBean().getInputArguments(),
              ManagementFactory.getGarbageCollectorMXBeans().stream()
                  .map(GarbageCollectorMXBean::getName)
                  .toList()));
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      String line;
      while ((line = in.readLine()) != null) {
        say(answer(line.split(" ")));
      }
    }
    System.exit(0);
  }

  private void serve(PicoMux session) throws Exception {
    ledger.add(session);
    service.serve(session);
  }

  private static void say(@Nullable Object answer) {
    System.out.println(GSON.toJson(answer));
  }

  private @Nullable Object answer(String[] words) throws IOException, InterruptedException {
    return switch (words[0]) {
      case "measure" -> SelfMeasurement.take(ledger.liveSessions(), service.acceptedStreams());
      case "end" -> ledger.awaitEnding(Integer.parseInt(words[1]), Long.parseLong(words[2]));
      case "counts" -> ledger.takeCounts();
      case "session" -> {
        PicoMux session = awaitSession(words[1]);
        yield session == null ? null : session.stats().core();
      }
      case "ping" -> ping(words[1], Long.parseLong(words[2]));
      default -> throw new IllegalArgumentException("no such question: " + words[0]);
    };
  }

  private @Nullable PicoMux awaitSession(String port) throws InterruptedException {
    return ledger.awaitSession(Integer.parseInt(port), START_LIMIT_MILLIS);
  }

  private Object ping(String port, long millis) throws InterruptedException {
    PicoMux session = awaitSession(port);
    if (session == null) {
      return "the session is over";
    }
    try {
      return session.ping(Duration.ofMillis(millis)).toNanos() / 1000;
    } catch (IOException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }
}
