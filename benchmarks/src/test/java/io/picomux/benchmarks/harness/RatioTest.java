package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.picomux.benchmarks.harness.Ratio.Pair;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class RatioTest {

  @Test
  void meanIsTheGeometricOneOfTheRounds() {
    Ratio ratio = Ratio.of(List.of(new Pair(2, 1), new Pair(1, 2)));
    assertThat(ratio.mean()).isCloseTo(1, within(1e-12));
  }

  @Test
  void whatSlowsBothInARoundCancelsOut() {
    Ratio ratio = Ratio.of(List.of(new Pair(90, 100), new Pair(9, 10), new Pair(0.9, 1)));
    assertThat(ratio.mean()).isCloseTo(0.9, within(1e-12));
    assertThat(ratio.low()).isCloseTo(0.9, within(1e-9));
    assertThat(ratio.high()).isCloseTo(0.9, within(1e-9));
  }

  /** Worked by hand: logs 0.1, 0.2, 0.3; s = 0.1, n = 3, t(0.975; 2) = 4.302653. */
  @Test
  void intervalIsThatOfStudentsT() {
    List<Pair> pairs =
        DoubleStream.of(0.1, 0.2, 0.3).mapToObj(log -> new Pair(Math.exp(log), 1)).toList();
    Ratio ratio = Ratio.of(pairs);
    double reach = 4.302653 * 0.1 / Math.sqrt(3);
    assertThat(ratio.mean()).isCloseTo(Math.exp(0.2), within(1e-9));
    assertThat(ratio.low()).isCloseTo(Math.exp(0.2 - reach), within(1e-6));
    assertThat(ratio.high()).isCloseTo(Math.exp(0.2 + reach), within(1e-6));
  }

  @Test
  void oneRoundHasNoInterval() {
    Ratio ratio = Ratio.of(List.of(new Pair(3, 2)));
    assertThat(ratio.mean()).isCloseTo(1.5, within(1e-12));
    assertThat(ratio.hasInterval()).isFalse();
  }

  @Test
  void refusesWhatHasNoRatio() {
    assertThatThrownBy(() -> Ratio.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pair(0, 1)).hasMessageContaining("must be above 0");
    assertThatThrownBy(() -> new Pair(1, Double.NaN)).hasMessageContaining("must be above 0");
  }
}
