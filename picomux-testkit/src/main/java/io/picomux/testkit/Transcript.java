package io.picomux.testkit;

import io.picomux.core.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Every frame that was sent in a simulation, as lines or, to save memory in long runs, as a digest
 * only. Not thread-safe.
 */
final class Transcript {
  /** The multiplier of 64-bit FNV-1a. */
  private static final long FNV_PRIME = 0x100_0000_01B3L;

  /** The offset basis of 64-bit FNV-1a. */
  private static final long FNV_BASIS = 0xCBF2_9CE4_8422_2325L;

  private final VirtualClock clock;
  private final List<String> lines = new ArrayList<>();
  private boolean keepsLines = true;
  private long digest = FNV_BASIS;
  private long frames;

  Transcript(VirtualClock clock) {
    this.clock = clock;
  }

  void keepLines(boolean keep) {
    keepsLines = keep;
  }

  void add(String end, Command command, int streamId, int bodyBytes) {
    frames++;
    mix(clock.nowNanos());
    mix(end.hashCode());
    mix((long) command.code() << 32 | bodyBytes);
    mix(streamId);
    if (keepsLines) {
      lines.add(
          clock.nowNanos()
              + " "
              + end
              + " "
              + command
              + " stream="
              + Integer.toUnsignedString(streamId)
              + " body="
              + bodyBytes);
    }
  }

  private void mix(long value) {
    digest = (digest ^ value) * FNV_PRIME;
    digest ^= digest >>> 29;
  }

  List<String> lines() {
    return Collections.unmodifiableList(lines);
  }

  long digest() {
    return digest;
  }

  long frames() {
    return frames;
  }
}
