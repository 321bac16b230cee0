package io.picomux.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.tunnel.TrafficCounters.Traffic;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LiveFiguresTest {

  @Test
  void ratesAreDifferencesOverTime() {
    Traffic before = new Traffic(1, 10, 1_000, 1_000_000);
    Traffic now = new Traffic(3, 12, 5_000, 9_000_000);
    assertThat(LiveFigures.line(before, now, 2.0, Optional.of(Duration.ofNanos(1_234_567))))
        .isEqualTo("streams 3 live, 12 in all | up 2.0 kB/s, down 4.0 MB/s | latency 1.23 ms");
    assertThat(LiveFigures.line(now, now, 2.0, Optional.empty()))
        .isEqualTo("streams 3 live, 12 in all | up 0 B/s, down 0 B/s | latency -");
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.0 kB", "1e6, 1.0 MB", "2.5e9, 2.50 GB"})
  void sizesAreForPeople(double bytes, String text) {
    assertThat(LiveFigures.size(bytes)).isEqualTo(text);
  }
}
