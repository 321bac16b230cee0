package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowingBloomFilterTest {

  private static final int MAX_BYTES = 341 * 1024;

  @Test
  void emptyFilterHasNoMemoryAndContainsNothing() {
    GrowingBloomFilter filter = new GrowingBloomFilter();
    assertThat(filter.allocatedBytes()).isZero();
    assertThat(filter.falsePositiveRate()).isZero();
    assertThat(IntStream.range(-1_000, 1_000).filter(filter::mightContain)).isEmpty();
  }

  @Test
  void everyIdAddedIsFound() {
    Random random = new Random(TestSeed.of("everyIdAddedIsFound"));
    GrowingBloomFilter filter = new GrowingBloomFilter();
    int[] ids = random.ints(200_000).toArray();
    for (int id : ids) {
      filter.add(id);
      assertThat(filter.mightContain(id)).isTrue();
    }
    assertThat(Arrays.stream(ids).allMatch(filter::mightContain)).isTrue();
  }

  @Test
  void memoryGrowsWithTheIdsToItsBound() {
    Random random = new Random(TestSeed.of("memoryGrowsWithTheIdsToItsBound"));
    GrowingBloomFilter filter = new GrowingBloomFilter();
    filter.add(random.nextInt());
    assertThat(filter.allocatedBytes()).isEqualTo(1024);
    random.ints(499).forEach(filter::add);
    assertThat(filter.allocatedBytes()).isEqualTo(1024);
    random.ints(1_500).forEach(filter::add);
    assertThat(filter.allocatedBytes()).isEqualTo((1 + 4) * 1024);
    random.ints(98_000).forEach(filter::add);
    assertThat(filter.allocatedBytes()).isEqualTo(MAX_BYTES);
    random.ints(3_000_000).forEach(filter::add);
    assertThat(filter.allocatedBytes()).isEqualTo(MAX_BYTES);
  }

  @Test
  void falsePositiveRateIsWhatIsMeasured() {
    Random random = new Random(TestSeed.of("falsePositiveRateIsWhatIsMeasured"));
    GrowingBloomFilter filter = new GrowingBloomFilter();
    for (int step = 0; step < 12; step++) {
      random.ints(100_000).forEach(filter::add);
      double measured = random.ints(100_000).filter(filter::mightContain).count() / 100_000.0;
      assertThat(filter.falsePositiveRate()).isCloseTo(measured, within(0.015));
    }
    assertThat(filter.falsePositiveRate()).isGreaterThan(0.5);
  }

  @Test
  void fewFalsePositivesUntilTheLastSliceIsFull() {
    Random random = new Random(TestSeed.of("fewFalsePositivesUntilTheLastSliceIsFull"));
    GrowingBloomFilter filter = new GrowingBloomFilter();
    for (int i = 0; i < 190_000; i++) {
      filter.add(random.nextInt());
      if (i % 1_000 == 0) {
        assertThat(filter.falsePositiveRate()).isLessThan(0.025);
      }
    }
  }

  @Test
  void idsInSequenceFillItNoFasterThanRandomOnes() {
    long seed = TestSeed.of("idsInSequenceFillItNoFasterThanRandomOnes");
    GrowingBloomFilter sequence = new GrowingBloomFilter();
    GrowingBloomFilter scattered = new GrowingBloomFilter();
    IntStream.range(0, 500_000).forEach(sequence::add);
    new Random(seed).ints(500_000).forEach(scattered::add);
    assertThat(sequence.falsePositiveRate()).isCloseTo(scattered.falsePositiveRate(), within(0.01));
  }

  @Test
  void addingAnIdAgainChangesNothing() {
    GrowingBloomFilter filter = new GrowingBloomFilter();
    filter.add(7);
    double rate = filter.falsePositiveRate();
    for (int i = 0; i < 100_000; i++) {
      filter.add(7);
    }
    assertThat(filter.falsePositiveRate()).isEqualTo(rate);
    assertThat(filter.allocatedBytes()).isEqualTo(1024);
  }

  @Test
  void clearedFilterIsAsNew() {
    GrowingBloomFilter filter = new GrowingBloomFilter();
    IntStream.range(0, 10_000).forEach(filter::add);
    filter.clear();
    assertThat(filter.allocatedBytes()).isZero();
    assertThat(IntStream.range(0, 10_000).filter(filter::mightContain)).isEmpty();
    filter.add(3);
    assertThat(filter.mightContain(3)).isTrue();
    assertThat(filter.allocatedBytes()).isEqualTo(1024);
  }
}
