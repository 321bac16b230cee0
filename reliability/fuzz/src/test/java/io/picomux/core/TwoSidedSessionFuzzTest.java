package io.picomux.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two honest ends of a session joined by a link, driven by a list of operations: applications that
 * open, write, read, finish, close and abort, a link that delivers in slices or not at all, a clock
 * that jumps, settings that change.
 *
 * <p>Neither end may accuse the other. Every byte arrives once and in order, or the side that lost
 * it has been told why; at the end everything comes to rest and nothing is left.
 */
@ExtendWith(FindingReport.class)
class TwoSidedSessionFuzzTest {
  private static final long MILLISECOND = 1_000_000;

  private static final int[] BYTES = {1, 2, 100, 8191, 8192, 8193, 30_000, 90_000, 200_000};
  private static final int[] METADATA_BYTES = {0, 1, 512, 65_535};
  private static final int[] SLICE_BYTES = {1, 7, 8, 9, 100, 8200, 65_536, 1 << 20};
  private static final int[] TIME_MILLIS = {1, 10, 1000, 5000, 14_000, 31_000, 1_800_000};

  /** Deadlines that may pass before two ends that were left alone must be at rest. */
  private static final int MOST_DEADLINES = 40;

  public static void fuzzerTestOneInput(byte[] input) {
    new TwoSidedSessionFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) {
    OperationReader in = new OperationReader(input);
    FuzzPair pair = new FuzzPair(FuzzConfigs.read(in), FuzzConfigs.read(in));
    while (in.hasMore()) {
      step(pair, in);
      pair.check();
    }
    pair.readAll();
    pair.check();
    pair.checkDelivery();
    for (FuzzEnd end : pair.ends()) {
      end.streams.forEach(FuzzStream::close);
      // Frequent PINGs would use up the deadlines that streams may need.
      end.core.setLiveness(LivenessConfig.DEFAULT, end.nowNanos);
    }
    int deadlines = 0;
    while (pair.settle()) {
      if (deadlines++ > MOST_DEADLINES) {
        throw new AssertionError("the session does not come to rest");
      }
      pair.passToDeadline();
    }
    pair.check();
    for (FuzzEnd end : pair.ends()) {
      end.leave();
    }
  }

  private static void step(FuzzPair pair, OperationReader in) {
    int operation = in.next();
    FuzzEnd end = pair.end((operation & 1) == 0);
    int choice = operation >>> 4;
    switch (operation >>> 1 & 7) {
      case 0 -> stream(end, in.next(), stream -> stream.write(in.pick(BYTES)));
      case 1 -> stream(end, in.next(), stream -> stream.read(1 + choice * choice));
      case 2 -> pair.deliver(end, in.pick(SLICE_BYTES));
      case 3 -> end.send(1 + choice * choice);
      case 4 -> pair.pass(in.pick(TIME_MILLIS) * MILLISECOND);
      case 5 -> openOrAccept(end, choice, in);
      case 6 -> ending(end, choice, in.next());
      default -> settings(pair, end, choice, in);
    }
  }

  private static void openOrAccept(FuzzEnd end, int choice, OperationReader in) {
    if (choice % 2 == 0) {
      end.open(choice == 0 ? in.pick(METADATA_BYTES) : 0);
    } else {
      end.accept();
    }
  }

  private static void ending(FuzzEnd end, int choice, int number) {
    stream(
        end,
        number,
        stream -> {
          switch (choice & 3) {
            case 0, 1 -> stream.finish();
            case 2 -> stream.close();
            default -> stream.abort();
          }
        });
  }

  private static void settings(FuzzPair pair, FuzzEnd end, int choice, OperationReader in) {
    switch (choice) {
      case 0 -> end.core.setDebloat(true);
      case 1 -> end.core.setDebloat(false);
      case 2 -> end.core.requestPing(end.nowNanos);
      case 3 -> end.core.probe(end.nowNanos);
      case 4 -> end.core.setAvailableBudget(in.next() << 14);
      case 5 -> end.core.refuseStreams();
      case 6 ->
          end.core.setLiveness(
              LivenessConfig.of(
                  Duration.ofMillis(1 + in.pick(TIME_MILLIS)),
                  Duration.ofMillis(1 + in.pick(TIME_MILLIS)),
                  Duration.ofSeconds(15)),
              end.nowNanos);
      case 7 -> pair.cut(end);
      default -> {
        // The network at its best: everything that is owed arrives.
        end.send(1000);
        pair.deliver(end, 1 << 20);
      }
    }
  }

  private interface Action {
    void on(FuzzStream stream);
  }

  private static void stream(FuzzEnd end, int number, Action action) {
    @Nullable FuzzStream stream = end.stream(number);
    if (stream != null && end.endReason == null) {
      action.on(stream);
    }
  }
}
