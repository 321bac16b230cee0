package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How the sessions of a process share its memory. */
class ProcessCountersTest {
  private static final long MIB = 1 << 20;
  private static final long POOL_BYTES = 32 * MIB;
  private static final long FLOOR_BYTES = 80 << 10;

  @Test
  void oneSessionMayTakeHalfOfWhatIsFreeOnTopOfWhatItHolds() {
    assertThat(ProcessCounters.availableBudget(0, 0, POOL_BYTES)).isEqualTo(16 * MIB);
    assertThat(ProcessCounters.availableBudget(16 * MIB, 16 * MIB, POOL_BYTES)).isEqualTo(24 * MIB);
  }

  /** Each session in turn fills its budget to the brim, as hostile peers would. */
  @Test
  void manySessionsThatFillTheirBudgetsStayWithinTwiceThePoolAndAFloorEach() {
    long all = 0;
    int sessions = 2000;
    for (int i = 0; i < sessions; i++) {
      long held = 0;
      while (ProcessCounters.availableBudget(held, all, POOL_BYTES) > held + 8192) {
        held += 8192;
        all += 8192;
      }
      assertThat(held).as("what session %d gets", i).isGreaterThanOrEqualTo(FLOOR_BYTES - 8192);
    }
    assertThat(all).isLessThanOrEqualTo(2 * POOL_BYTES + sessions * FLOOR_BYTES);
  }
}
