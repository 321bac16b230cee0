package io.picomux.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A whole session whose peer sends anything, while the application and the clock do anything. After
 * every step {@link FuzzEnd#check} compares the core with a ledger of its own: credit, unread
 * bytes, what is held, what is owed; and when the session is over nothing is left of it.
 *
 * <p>The first two bytes of an input choose the settings; then every operation is a byte followed
 * by what it needs. The same input twice gives the same transcript.
 */
@ExtendWith(FindingReport.class)
class HostileSessionFuzzTest {
  private static final long MILLISECOND = 1_000_000;

  /** Sizes around every border that the protocol and its limits have. */
  private static final int[] BODY_BYTES = {
    0, 1, 2, 4, 100, 511, 8191, 8192, 8193, 16_384, 40_000, 65_535
  };

  private static final int[] TIME_MILLIS = {1, 10, 1000, 5000, 15_000, 30_000, 60_000, 1_800_000};

  private static final Command[] COMMANDS = Command.values();

  private static final String[] PINGS = {
    "{\"next_ping_in_ms\":1}",
    "{\"next_ping_in_ms\":1,\"picomux_java\":{\"half_close\":1,\"reset\":1}}",
    "[7]",
    "{}"
  };

  public static void fuzzerTestOneInput(byte[] input) {
    new HostileSessionFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) {
    long transcript = play(input);
    // Every eighth input, chosen by its own bytes, is played again.
    if ((transcript & 7) == 0 && play(input) != transcript) {
      throw new AssertionError("the same input gave another transcript");
    }
  }

  private static long play(byte[] input) {
    OperationReader in = new OperationReader(input);
    FuzzEnd end = new FuzzEnd(FuzzConfigs.read(in), 42, false, (command, id, body) -> {});
    while (in.hasMore()) {
      step(end, in);
      end.check();
    }
    end.drain();
    end.check();
    end.end(SessionEnd.TRUNCATED);
    end.tellStreams();
    end.check();
    end.leave();
    return end.transcript;
  }

  private static void step(FuzzEnd end, OperationReader in) {
    int operation = in.next();
    switch (operation & 7) {
      case 0 -> end.receive(in.take(operation >>> 3));
      case 1, 2, 3 -> frames(end, in, operation >>> 3);
      case 4 -> application(end, in, operation >>> 3);
      case 5 -> end.send(1 + (operation >>> 3) * (operation >>> 3));
      case 6 -> end.pass(in.pick(TIME_MILLIS) * MILLISECOND);
      default -> settings(end, in, operation >>> 3);
    }
  }

  /** One well-formed frame, or many times the same. */
  private static void frames(FuzzEnd end, OperationReader in, int choice) {
    Command command = COMMANDS[choice % COMMANDS.length];
    int id = streamId(end, in.next());
    byte[] body =
        switch (command) {
          case PING -> PINGS[in.next() % PINGS.length].getBytes(US_ASCII);
          case MORE -> FrameEncoder.moreBody(in.next() | in.next() << 8);
          case PSH, SYN -> new byte[in.pick(BODY_BYTES)];
          case NOP -> in.take(4);
          case FIN, PONG -> new byte[0];
        };
    byte[] frame = FrameEncoder.encode(command, id, body);
    int times = choice / COMMANDS.length == 3 ? in.next() : 1;
    for (int i = 0; i < times && end.endReason == null; i++) {
      end.receive(frame);
    }
  }

  /** An id that the peer makes up, or that of a stream that there is. */
  private static int streamId(FuzzEnd end, int choice) {
    FuzzStream stream = end.stream(choice >>> 1);
    return (choice & 1) == 0 || stream == null ? choice >>> 1 : stream.core().id();
  }

  private static void application(FuzzEnd end, OperationReader in, int choice) {
    if (choice == 0) {
      end.open(in.pick(BODY_BYTES));
      return;
    }
    if (choice == 1) {
      end.accept();
      return;
    }
    FuzzStream stream = end.stream(in.next());
    if (stream == null) {
      return;
    }
    switch (choice % 6) {
      case 0 -> stream.write(in.pick(BODY_BYTES));
      case 1 -> stream.finish();
      case 2 -> stream.close();
      case 3 -> stream.abort();
      case 4 -> stream.read(1 + in.next());
      default -> stream.write(8192 * (1 + in.next()));
    }
  }

  private static void settings(FuzzEnd end, OperationReader in, int choice) {
    MuxCore core = end.core;
    switch (choice) {
      case 0 -> core.setDebloat(true);
      case 1 -> core.setDebloat(false);
      case 2 -> core.requestPing(end.nowNanos);
      case 3 -> core.probe(end.nowNanos);
      case 4 -> core.setAvailableBudget(in.next() << 14);
      case 5 -> core.refuseStreams();
      case 6 -> end.end(SessionEnd.ABORTED);
      case 7 ->
          core.setLiveness(
              LivenessConfig.of(
                  Duration.ofMillis(1 + in.pick(TIME_MILLIS)),
                  Duration.ofMillis(1 + in.pick(TIME_MILLIS)),
                  Duration.ofSeconds(15)),
              end.nowNanos);
      default -> end.receive(in.take(choice));
    }
  }
}
