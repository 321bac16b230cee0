package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Holds {@link PingJson} to {@link SerdeJsonModel}: the same verdict and the same content for any
 * body, as deep and as long as a frame can carry it.
 *
 * <p>The first byte of an input says whether its beginning is repeated, which nests deeper than
 * short inputs could: in one of eight inputs up to a moderate length, in one of 256 until the body
 * is as long as a body can be. A parser that is not linear shows there in the fuzzer's own limit on
 * the time of a run.
 */
@ExtendWith(FindingReport.class)
class PingJsonFuzzTest {
  private static final int REPEAT = 7;
  private static final int REPEATED_BYTES = 1024;

  /** The first byte of inputs whose unit is repeated as often as a body can hold it. */
  private static final int REPEAT_TO_THE_END = 0xFF;

  private static final int LONGEST_UNIT_BYTES = 16;

  public static void fuzzerTestOneInput(byte[] input) {
    new PingJsonFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] body = bodyOf(input);
    PingBody expected = SerdeJsonModel.parse(body);
    mustEqual(expected, body, 0, body.length);
    int before = 1 + (input[0] & 0xFF);
    byte[] within = new byte[before + body.length + 1];
    Arrays.fill(within, (byte) '7');
    System.arraycopy(body, 0, within, before, body.length);
    mustEqual(expected, within, before, body.length);
    if (expected != null) {
      byte[] again = PingJson.encode(expected.nextPingInMillis(), expected.resetOffered());
      boolean offered = expected.resetOffered();
      mustEqual(
          new PingBody(expected.nextPingInMillis(), offered, offered), again, 0, again.length);
      assertThat(SerdeJsonModel.parse(again)).as("our own PING").isNotNull();
    }
  }

  private static byte[] bodyOf(byte[] input) {
    if ((input[0] & 7) != REPEAT) {
      return Arrays.copyOfRange(input, 1, Math.min(input.length, 1 + WireFormat.MAX_BODY_BYTES));
    }
    int longest =
        (input[0] & 0xFF) == REPEAT_TO_THE_END ? WireFormat.MAX_BODY_BYTES : REPEATED_BYTES;
    int unit = Math.min(input.length - 1, 1 + (input[0] >>> 3 & LONGEST_UNIT_BYTES - 1));
    int rest = input.length - 1 - unit;
    int repeats = unit == 0 ? 0 : Math.max(0, longest - rest) / unit;
    byte[] body = new byte[Math.min(longest, repeats * unit + rest)];
    for (int i = 0; i < repeats; i++) {
      System.arraycopy(input, 1, body, i * unit, unit);
    }
    System.arraycopy(input, 1 + unit, body, repeats * unit, body.length - repeats * unit);
    return body;
  }

  private static void mustEqual(@Nullable PingBody expected, byte[] bytes, int offset, int length) {
    try {
      PingBody parsed = PingJson.parse(bytes, offset, length);
      if (!parsed.equals(expected)) {
        throw new AssertionError(parsed + " was read, serde_json gives " + expected);
      }
    } catch (ProtocolViolationException e) {
      if (expected != null) {
        throw new AssertionError("refused, but serde_json gives " + expected, e);
      }
      assertThat(e.violation()).isEqualTo(Violation.BAD_PING_BODY);
      assertThat(e).hasMessageMatching("(?s)PING body: .* at byte [0-9]+.*");
    }
  }
}
