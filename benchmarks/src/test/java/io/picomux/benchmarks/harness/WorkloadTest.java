package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkloadTest {

  private static Workload parse(String text) {
    return Workload.parse(text, false, OptionalLong.empty());
  }

  @Test
  void widthAndAmountBecomeOptionsOfThePeer() {
    Workload workload = Workload.parse("up-60", false, OptionalLong.of(4000));
    assertThat(workload.options()).containsExactly("--streams", "60", "--bytes", "4000");
    assertThat(workload.warmupOptions(true)).containsExactly("--warmup", "32000");
    assertThat(workload.warmupOptions(false)).containsExactly("--warmup", "1000");
  }

  @Test
  void opensHaveWorkers() {
    assertThat(parse("open-3").options()).startsWith("--concurrency", "3", "--count");
  }

  @Test
  void pingpongHasNoWidth() {
    assertThat(parse("pingpong").options()).startsWith("--count");
    assertThatThrownBy(() -> parse("pingpong-2")).hasMessageContaining("always has one stream");
  }

  @Test
  void aScenarioOfTwoWordsNeedsNoWidth() {
    assertThat(parse("loaded-down").label()).isEqualTo("loaded-down-4");
    assertThat(parse("loaded-down-7").width()).isEqualTo(7);
  }

  @Test
  void whatGoesOnForEverHasNoAmountOfItsOwn() {
    Workload steady = Workload.parse("steady-down-60", true, OptionalLong.of(5));
    assertThat(steady.options()).containsExactly("--streams", "60", "--bytes", "1000000000000000");
    assertThat(steady.warmupOptions(true)).containsExactly("--warmup", "0");
    assertThat(steady.warmupOptions(false)).containsExactly("--warmup", "0");
    assertThat(parse("steady-up").label()).isEqualTo("steady-up-1");
  }

  @Test
  void idleHasNoAmount() {
    assertThat(parse("idle-7").options()).containsExactly("--streams", "7");
    assertThat(parse("idle-7").warmupOptions(true)).isEmpty();
  }

  @Test
  void shortRunsDoLess() {
    assertThat(Workload.parse("up", true, OptionalLong.empty()).amount())
        .isLessThan(parse("up").amount());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up-1",
        "down-60",
        "steady-up-60",
        "steady-down-1000",
        "pingpong",
        "rr-60",
        "loaded-4",
        "loaded-down-20",
        "open-8",
        "idle-10"
      })
  void labelIsReadAgain(String label) {
    assertThat(parse(label).label()).isEqualTo(label);
  }

  @Test
  void wrongWordsAreNamed() {
    assertThatThrownBy(() -> parse("sideways")).hasMessageContaining("'sideways', must be one of");
    assertThatThrownBy(() -> parse("up-0")).hasMessage("--streams is 0, must be 1 or more");
    assertThatThrownBy(() -> parse("up-x")).hasMessage("--streams is 'x', must be a number");
  }
}
