package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamIdsTest {

  private static final long ID_COUNT = 1L << 32;

  @Test
  void aMillionIdsAreDistinctAndNeverZero() {
    StreamIds ids = new StreamIds(TestSeed.of("aMillionIdsAreDistinctAndNeverZero"));
    int[] drawn = draw(ids, 1_000_000);
    assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(drawn.length);
    assertThat(Arrays.stream(drawn).filter(id -> id == 0).count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void idsOfSpecialSeedsAreDistinct(long seed) {
    assertThat(Arrays.stream(draw(new StreamIds(seed), 100_000)).distinct().count())
        .isEqualTo(100_000);
  }

  @Test
  void placeOfAnIdInvertsThePermutation() {
    Random random = new Random(TestSeed.of("placeOfAnIdInvertsThePermutation"));
    for (int i = 0; i < 20_000; i++) {
      long seed = random.nextLong();
      long place = random.nextLong(ID_COUNT - 1);
      StreamIds ids = new StreamIds(seed, place);
      int id = ids.next();
      if (ids.placeOf(0) != place) {
        assertThat(ids.placeOf(id)).as("seed %d", seed).isEqualTo(place);
      }
    }
  }

  @Test
  void issuedHoldsForExactlyTheIdsDrawn() {
    Random random = new Random(TestSeed.of("issuedHoldsForExactlyTheIdsDrawn"));
    for (int round = 0; round < 20; round++) {
      long seed = random.nextLong();
      StreamIds ids = new StreamIds(seed);
      int[] order = draw(new StreamIds(seed), 4_000);
      Set<Integer> drawn = new HashSet<>();
      for (int i = 0; i < 2_000; i++) {
        assertThat(ids.issued(order[i])).isFalse();
        drawn.add(ids.next());
        assertThat(ids.issued(order[i])).isTrue();
      }
      for (int id : order) {
        assertThat(ids.issued(id)).isEqualTo(drawn.contains(id));
      }
      for (int i = 0; i < 10_000; i++) {
        int id = random.nextInt();
        assertThat(ids.issued(id)).isEqualTo(drawn.contains(id));
      }
    }
  }

  @Test
  void issuedComparesPlacesAsUnsignedNumbers() {
    long seed = TestSeed.of("issuedComparesPlacesAsUnsignedNumbers");
    long half = ID_COUNT / 2;
    StreamIds ids = new StreamIds(seed, half + 1_000);
    int drawnLate = new StreamIds(seed, half + 500).next();
    int drawnEarly = new StreamIds(seed, 500).next();
    int notDrawn = new StreamIds(seed, half + 1_500).next();
    assertThat(ids.issued(drawnLate)).isTrue();
    assertThat(ids.issued(drawnEarly)).isTrue();
    assertThat(ids.issued(notDrawn)).isFalse();
  }

  @Test
  void nothingIsIssuedAtTheStart() {
    Random random = new Random(TestSeed.of("nothingIsIssuedAtTheStart"));
    StreamIds ids = new StreamIds(random.nextLong());
    assertThat(IntStream.generate(random::nextInt).limit(100_000).filter(ids::issued)).isEmpty();
  }

  @Test
  void zeroIsPassedOverAndNeverIssued() {
    long seed = TestSeed.of("zeroIsPassedOverAndNeverIssued");
    long placeOfZero = new StreamIds(seed).placeOf(0);
    StreamIds ids = new StreamIds(seed, placeOfZero);
    if (placeOfZero == ID_COUNT - 1) {
      assertThatIllegalStateException().isThrownBy(ids::next);
    } else {
      assertThat(ids.placeOf(ids.next())).isEqualTo(placeOfZero + 1);
    }
    assertThat(ids.issued(0)).isFalse();
    assertThat(new StreamIds(seed, ID_COUNT).issued(0)).isFalse();
  }

  @Test
  void drawingFailsWhenAllIdsAreUsedUp() {
    long seed = TestSeed.of("drawingFailsWhenAllIdsAreUsedUp");
    StreamIds ids = new StreamIds(seed, ID_COUNT - 2);
    int idsLeft = ids.placeOf(0) >= ID_COUNT - 2 ? 1 : 2;
    int[] last = draw(ids, idsLeft);
    assertThatIllegalStateException()
        .isThrownBy(ids::next)
        .withMessageContaining("4294967295 stream ids");
    assertThatIllegalStateException().isThrownBy(ids::next);
    for (int id : last) {
      assertThat(ids.issued(id)).isTrue();
    }
    assertThat(ids.issued(1)).isTrue();
    assertThat(ids.issued(-1)).isTrue();
  }

  @Test
  void seedDeterminesTheIds() {
    long seed = TestSeed.of("seedDeterminesTheIds");
    int[] ids = draw(new StreamIds(seed), 1_000);
    assertThat(draw(new StreamIds(seed), 1_000)).isEqualTo(ids);
    assertThat(draw(new StreamIds(seed + 1), 1_000)).isNotEqualTo(ids);
  }

  @Test
  void idsOfTwoSeedsSeldomMeet() {
    long seed = TestSeed.of("idsOfTwoSeedsSeldomMeet");
    Set<Integer> ours = new HashSet<>();
    Arrays.stream(draw(new StreamIds(seed), 20_000)).forEach(ours::add);
    long meetings =
        Arrays.stream(draw(new StreamIds(seed + 1), 20_000)).filter(ours::contains).count();
    // 20,000^2 / 2^32 = 0.1 are expected of random ids; 10 would come once in 10^16 seeds.
    assertThat(meetings).isLessThan(10);
  }

  @Test
  void successiveIdsAreScattered() {
    StreamIds ids = new StreamIds(TestSeed.of("successiveIdsAreScattered"));
    int[] byHighBits = new int[64];
    int[] byLowBits = new int[64];
    for (int id : draw(ids, 64 * 1024)) {
      byHighBits[id >>> 26]++;
      byLowBits[id & 63]++;
    }
    // 1,024 each are expected with a deviation of 32: eight deviations either way.
    assertThat(byHighBits).satisfies(counts -> assertAllBetween(counts, 768, 1_280));
    assertThat(byLowBits).satisfies(counts -> assertAllBetween(counts, 768, 1_280));
  }

  @Test
  void everyBitOfAnIdChangesHalfOfItsPlace() {
    long seed = TestSeed.of("everyBitOfAnIdChangesHalfOfItsPlace");
    StreamIds ids = new StreamIds(seed);
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      int samples = 10_000;
      long changedBits = 0;
      for (int id = 0; id < samples; id++) {
        changedBits += Long.bitCount(ids.placeOf(id) ^ ids.placeOf(id ^ 1 << bit));
      }
      // The deviation of the mean of 10,000 sums of 32 bits is 0.03.
      assertThat((double) changedBits / samples).as("bit %d", bit).isBetween(15.7, 16.3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, ID_COUNT + 1, Long.MIN_VALUE})
  void impossibleNumberOfPlacesIsTheCallersMistake(long placesUsed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StreamIds(1, placesUsed))
        .withMessageContaining("placesUsed is " + placesUsed);
  }

  private static void assertAllBetween(int[] counts, int low, int high) {
    for (int count : counts) {
      assertThat(count).isBetween(low, high);
    }
  }

  private static int[] draw(StreamIds ids, int count) {
    return IntStream.generate(ids::next).limit(count).toArray();
  }
}
