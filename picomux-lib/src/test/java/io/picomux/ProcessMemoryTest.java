package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.engine.SharedMemory;
import org.junit.jupiter.api.Test;

/** How the sessions of a process share its memory. */
class ProcessMemoryTest {
  private static final long MIB = 1 << 20;
  private static final long POOL_BYTES = 32 * MIB;
  private static final long FLOOR_BYTES = 80 << 10;

  @Test
  void oneSessionMayTakeHalfOfWhatIsFreeOnTopOfWhatItHolds() {
    assertThat(SharedMemory.availableBudget(0, 0, 0, POOL_BYTES)).isEqualTo(16 * MIB);
    assertThat(SharedMemory.availableBudget(16 * MIB, 16 * MIB, 0, POOL_BYTES)).isEqualTo(24 * MIB);
  }

  /** Each session in turn fills its budget to the brim, as hostile peers would. */
  @Test
  void manySessionsThatFillTheirBudgetsStayWithinTwiceThePoolAndAFloorEach() {
    assertThat(filledBudgets(2000, 0)).isLessThanOrEqualTo(2 * POOL_BYTES + 2000 * FLOOR_BYTES);
  }

  /** What is queued for sending is taken from the second pool. */
  @Test
  void unreadAndQueuedBytesTogetherStayWithinTwiceThePoolAndAFloorEach() {
    long queued = 16 * MIB;
    assertThat(filledBudgets(2000, queued) + queued)
        .isLessThanOrEqualTo(2 * POOL_BYTES + 2000 * FLOOR_BYTES);
  }

  private static long filledBudgets(int sessions, long queued) {
    long all = 0;
    for (int i = 0; i < sessions; i++) {
      long held = 0;
      while (SharedMemory.availableBudget(held, all, queued, POOL_BYTES) > held + 8192) {
        held += 8192;
        all += 8192;
      }
      assertThat(held).as("what session %d gets", i).isGreaterThanOrEqualTo(FLOOR_BYTES - 8192);
    }
    return all;
  }

  @Test
  void sessionsThatQueueAllTheyMayStayWithinThePoolAndAFloorEach() {
    long all = 0;
    int sessions = 2000;
    for (int i = 0; i < sessions; i++) {
      long queued = 0;
      while (SharedMemory.availableQueue(all, POOL_BYTES) > queued) {
        queued += 1024;
        all += 1024;
      }
      assertThat(queued)
          .as("what session %d gets", i)
          .isGreaterThanOrEqualTo(SharedMemory.QUEUE_FLOOR_BYTES);
    }
    assertThat(all)
        .isLessThanOrEqualTo(POOL_BYTES + sessions * (SharedMemory.QUEUE_FLOOR_BYTES + 1024));
  }

  @Test
  void oneSessionLeavesHalfOfTheQueuePoolFree() {
    assertThat(SharedMemory.availableQueue(16 * MIB, POOL_BYTES)).isEqualTo(16 * MIB);
  }
}
