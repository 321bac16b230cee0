package io.picomux.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

  @Test
  void percentilesAreNearestRanksOfAllStreamsTogether() {
    long[] odd =
        LongStream.rangeClosed(1, 100).filter(n -> n % 2 == 1).map(n -> n * 1000).toArray();
    long[] even =
        LongStream.rangeClosed(1, 100).filter(n -> n % 2 == 0).map(n -> n * 1000).toArray();
    Latencies latencies = new Latencies(List.of(even, odd));
    assertThat(latencies.count()).isEqualTo(100);
    assertThat(latencies.percentileMicros(0.5)).isEqualTo(50);
    assertThat(latencies.percentileMicros(0.99)).isEqualTo(99);
    assertThat(latencies.percentileMicros(1)).isEqualTo(100);
    assertThat(latencies.percentileMicros(0.001)).isEqualTo(1);
  }

  @Test
  void oneTimeIsEveryPercentile() {
    Latencies latencies = new Latencies(List.of(new long[] {1500}));
    assertThat(latencies.percentileMicros(0.5)).isEqualTo(1.5);
    assertThat(latencies.percentileMicros(0.99)).isEqualTo(1.5);
  }

  @Test
  void refusesNothing() {
    assertThatThrownBy(() -> new Latencies(List.of(new long[0])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
