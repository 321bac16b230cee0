package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdMemoryTest {

  private static final long MINUTE_NANOS = 60L * 1_000_000_000;
  private static final long HOUR_NANOS = 60 * MINUTE_NANOS;
  private static final long MAX_BYTES = 1 << 20;

  private record UsedId(int id, long atNanos) {}

  @Test
  void nothingIsAllocatedBeforeTheFirstId() {
    PeerIdMemory memory = new PeerIdMemory();
    assertThat(memory.mightContain(5, 100)).isFalse();
    assertThat(memory.mightContain(5, 100 + 10 * HOUR_NANOS)).isFalse();
    assertThat(memory.allocatedBytes()).isZero();
    assertThat(memory.saturated()).isFalse();
    memory.add(5, 0);
    assertThat(memory.allocatedBytes()).isEqualTo(1024);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 3_600_000_000L})
  void idsOfTheLastHourAreFoundWhereverTheClockStands(long startNanos) {
    Random random = new Random(TestSeed.of("idsOfTheLastHourAreFoundWhereverTheClockStands"));
    PeerIdMemory memory = new PeerIdMemory();
    Deque<UsedId> lastHour = new ArrayDeque<>();
    long nowNanos = startNanos;
    for (int i = 0; i < 3_000; i++) {
      nowNanos +=
          random.nextInt(50) == 0
              ? random.nextLong(40 * MINUTE_NANOS)
              : random.nextLong(MINUTE_NANOS / 2);
      UsedId used = new UsedId(random.nextInt(), nowNanos);
      memory.add(used.id(), nowNanos);
      lastHour.add(used);
      while (nowNanos - lastHour.element().atNanos() > HOUR_NANOS) {
        lastHour.remove();
      }
      for (UsedId earlier : lastHour) {
        assertThat(memory.mightContain(earlier.id(), nowNanos)).isTrue();
      }
    }
  }

  @Test
  void idUsedAtTheEndOfAGenerationIsFoundForAWholeHour() {
    PeerIdMemory memory = new PeerIdMemory();
    memory.add(1, 0);
    long atNanos = PeerIdMemory.GENERATION_NANOS - 1;
    memory.add(2, atNanos);
    assertThat(memory.mightContain(2, atNanos + HOUR_NANOS)).isTrue();
    assertThat(memory.mightContain(2, atNanos + HOUR_NANOS + 1)).isFalse();
  }

  @Test
  void idIsForgottenWithItsMemoryAfter90Minutes() {
    PeerIdMemory memory = new PeerIdMemory();
    memory.add(1, 0);
    assertThat(memory.mightContain(1, 90 * MINUTE_NANOS - 1)).isTrue();
    assertThat(memory.mightContain(1, 90 * MINUTE_NANOS)).isFalse();
    assertThat(memory.allocatedBytes()).isZero();
  }

  @Test
  void idUsedAgainIsFoundForAnHourFromThen() {
    PeerIdMemory memory = new PeerIdMemory();
    memory.add(1, 0);
    memory.add(1, 80 * MINUTE_NANOS);
    assertThat(memory.mightContain(1, 80 * MINUTE_NANOS + HOUR_NANOS)).isTrue();
  }

  @Test
  void longSilenceForgetsEverythingAndKeepsTheRhythm() {
    PeerIdMemory memory = new PeerIdMemory();
    memory.add(1, 0);
    long laterNanos = 24 * 365 * HOUR_NANOS + 10 * MINUTE_NANOS;
    memory.add(2, laterNanos);
    assertThat(memory.mightContain(1, laterNanos)).isFalse();
    assertThat(memory.allocatedBytes()).isEqualTo(1024);
    assertThat(memory.mightContain(2, laterNanos + HOUR_NANOS)).isTrue();
    assertThat(memory.mightContain(2, laterNanos + 80 * MINUTE_NANOS)).isFalse();
  }

  @Test
  void clockThatStepsBackForgetsNothing() {
    PeerIdMemory memory = new PeerIdMemory();
    memory.add(1, 45 * MINUTE_NANOS);
    memory.add(2, 0);
    assertThat(memory.mightContain(1, 0)).isTrue();
    assertThat(memory.mightContain(2, 45 * MINUTE_NANOS)).isTrue();
  }

  @Test
  void anyNumberOfIdsStaysWithinTheBoundAndIsFound() {
    Random random = new Random(TestSeed.of("anyNumberOfIdsStaysWithinTheBoundAndIsFound"));
    PeerIdMemory memory = new PeerIdMemory();
    int count = 5_000_000;
    for (int i = 0; i < count; i++) {
      long nowNanos = i * (2 * HOUR_NANOS / count);
      int id = random.nextInt();
      memory.add(id, nowNanos);
      if (i % 1_000 == 0) {
        assertThat(memory.allocatedBytes()).isLessThan(MAX_BYTES);
        assertThat(memory.mightContain(id, nowNanos + HOUR_NANOS / 1_000)).isTrue();
      }
    }
    assertThat(memory.saturated()).isTrue();
  }

  @Test
  void saturationEndsWhenTheIdsAreForgotten() {
    Random random = new Random(TestSeed.of("saturationEndsWhenTheIdsAreForgotten"));
    PeerIdMemory memory = new PeerIdMemory();
    random.ints(1_200_000).forEach(id -> memory.add(id, 0));
    assertThat(memory.saturated()).isTrue();
    assertThat(memory.mightContain(1, 2 * HOUR_NANOS)).isFalse();
    assertThat(memory.saturated()).isFalse();
  }

  @Test
  void threeHundredFortyStreamsASecondNeverSaturate() {
    Random random = new Random(TestSeed.of("threeHundredFortyStreamsASecondNeverSaturate"));
    PeerIdMemory memory = new PeerIdMemory();
    for (long second = 0; second < 2 * 60 * 60; second++) {
      for (int i = 0; i < 340; i++) {
        memory.add(random.nextInt(), second * 1_000_000_000);
      }
      assertThat(memory.saturated()).isFalse();
    }
    long found = random.ints(10_000).filter(id -> memory.mightContain(id, 0)).count();
    assertThat(found).isBetween(1_000L, 5_500L);
  }

  @Test
  void sameCallsGiveTheSameAnswers() {
    long seed = TestSeed.of("sameCallsGiveTheSameAnswers");
    PeerIdMemory one = new PeerIdMemory();
    PeerIdMemory two = new PeerIdMemory();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      int id = random.nextInt(100_000);
      long nowNanos = i * (3 * HOUR_NANOS / 50_000);
      assertThat(one.mightContain(id, nowNanos)).isEqualTo(two.mightContain(id, nowNanos));
      one.add(id, nowNanos);
      two.add(id, nowNanos);
    }
  }
}
