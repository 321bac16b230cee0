package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiveBudgetTest {
  private static final long F = 8192;
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    // unread bytes, credit frames, granted by the floor
    "0, 0, 10",
    "0, 10, 0",
    "0, 3, 7",
    "8192, 0, 9",
    "1, 0, 9",
    "73728, 0, 1",
    "73729, 0, 0",
    "81920, 0, 0",
    "1000000000, 1500, 0",
  })
  void floorFillsUpToTenFullFrames(long unread, int credit, int granted) {
    assertThat(ReceiveBudget.floorFrames(unread, credit)).isEqualTo(granted);
    ReceiveBudget full = new ReceiveBudget(MIB);
    full.replaceAboveFloor(0, 100 * MIB);
    assertThat(full.grantable(unread, credit, 0))
        .as("no other stream can take the floor away")
        .isEqualTo(granted);
  }

  @Test
  void whatIsHeldAboveTheFloorCounts() {
    assertThat(ReceiveBudget.aboveFloor(0, 10)).isZero();
    assertThat(ReceiveBudget.aboveFloor(81_920, 0)).isZero();
    assertThat(ReceiveBudget.aboveFloor(1, 10)).isEqualTo(1);
    assertThat(ReceiveBudget.aboveFloor(0, 1500)).isEqualTo(1490 * F);
  }

  /** u + (c + g)·F ≤ ½·(¾B − sum held above the floors). */
  @Test
  void growthLeavesHalfOfWhatIsFree() {
    ReceiveBudget budget = new ReceiveBudget(64 * MIB);
    assertThat(budget.grantable(0, 10, 1490)).isEqualTo(1490);
    // Half of 48 MiB is 3072 frames.
    assertThat(budget.grantable(0, 10, 10_000)).isEqualTo(3062);
    assertThat(budget.grantable(100 * F, 10, 10_000)).isEqualTo(2962);
    budget.replaceAboveFloor(0, 32 * MIB);
    // Half of 16 MiB is 1024 frames.
    assertThat(budget.grantable(0, 10, 10_000)).isEqualTo(1014);
    assertThat(budget.grantable(2000 * F, 10, 10_000)).as("never negative").isZero();
  }

  /** However many hogs take all they can get, there is room for the next one. */
  @Test
  void hogsLeaveRoomByConstruction() {
    ReceiveBudget budget = new ReceiveBudget(64 * MIB);
    long heldAboveFloors = 0;
    int last = Integer.MAX_VALUE;
    for (int hog = 0; hog < 10; hog++) {
      int granted = budget.grantable(0, 10, 1_000_000);
      assertThat(granted).as("hog %d", hog).isPositive().isLessThanOrEqualTo(last);
      last = granted;
      long above = ReceiveBudget.aboveFloor(0, 10 + granted);
      budget.replaceAboveFloor(0, above);
      heldAboveFloors += above;
      assertThat(heldAboveFloors).isLessThan(48 * MIB);
    }
  }

  @Test
  void refusesStreamsBeyondThreeQuartersAndIsFullBeyondTheLimit() {
    ReceiveBudget budget = new ReceiveBudget(4 * MIB);
    budget.addUnread(3 * MIB);
    assertThat(budget.refusesStreams()).isFalse();
    budget.addUnread(1);
    assertThat(budget.refusesStreams()).isTrue();
    budget.addUnread(MIB - 1);
    assertThat(budget.isFull()).isFalse();
    budget.addUnread(1);
    assertThat(budget.isFull()).isTrue();
    assertThat(budget.unreadBytes()).isEqualTo(4 * MIB + 1);
  }

  @Test
  void theProcessLowersTheLimitButNeverRaisesIt() {
    ReceiveBudget budget = new ReceiveBudget(4 * MIB);
    budget.addUnread(2 * MIB);
    budget.setAvailable(2 * MIB - 1);
    assertThat(budget.isFull()).isTrue();
    budget.setAvailable(100 * MIB);
    assertThat(budget.limitBytes()).isEqualTo(4 * MIB);
    assertThat(budget.isFull()).isFalse();
  }

  @Test
  void neverMoreIsFreedThanWasStored() {
    ReceiveBudget budget = new ReceiveBudget(MIB);
    budget.addUnread(10);
    assertThatIllegalStateException()
        .isThrownBy(() -> budget.addUnread(-11))
        .withMessage("more bytes freed than were stored: -1");
  }

  @Test
  void grantsKeepTheRuleForRandomStreams() {
    Random random = new Random(TestSeed.of("grantsKeepTheRuleForRandomStreams"));
    for (int i = 0; i < 20_000; i++) {
      long limit = MIB + random.nextInt(64) * MIB;
      ReceiveBudget budget = new ReceiveBudget(limit);
      long others = random.nextLong(2 * limit);
      budget.replaceAboveFloor(0, others);
      long unread = random.nextInt(4) == 0 ? random.nextLong(limit) : random.nextLong(100_000);
      int credit = random.nextInt(4) == 0 ? random.nextInt(1500) : random.nextInt(11);
      int wanted = random.nextInt(1500);
      int granted = budget.grantable(unread, credit, wanted);
      long held = unread + (credit + granted) * F;
      assertThat(granted).isNotNegative();
      assertThat(held <= ReceiveBudget.FLOOR_BYTES || granted <= wanted).isTrue();
      assertThat(
              granted == 0
                  || held <= ReceiveBudget.FLOOR_BYTES
                  || held <= (limit / 4 * 3 - others) / 2)
          .isTrue();
      if (unread + credit * F <= ReceiveBudget.FLOOR_BYTES - F) {
        assertThat(granted).as("the floor").isPositive();
      }
    }
  }

  @Test
  void whereOnlyTheProcessIsShortOfMemoryNoStreamOfASmallSessionSuffers() {
    ReceiveBudget shrunk = new ReceiveBudget(64 << 20);
    shrunk.setAvailable(80 << 10);
    shrunk.addUnread(700_000);
    assertThat(shrunk.isFull()).isFalse();
    assertThat(shrunk.refusesStreams()).isFalse();
    assertThat(shrunk.grantable(700_000, 0, 100)).as("no credit above the floor").isZero();
    shrunk.addUnread(400_000);
    assertThat(shrunk.refusesStreams()).isTrue();
    assertThat(shrunk.isFull()).isTrue();
  }
}
