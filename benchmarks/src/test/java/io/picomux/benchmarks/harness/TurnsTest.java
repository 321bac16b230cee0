package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
  private static final List<String> ALL = List.of("a", "b", "c");

  @Test
  void eachRoundBeginsWithAnotherOne() {
    assertThat(Turns.ofRound(ALL, 1)).containsExactly("a", "b", "c");
    assertThat(Turns.ofRound(ALL, 2)).containsExactly("b", "c", "a");
    assertThat(Turns.ofRound(ALL, 4)).containsExactly("a", "b", "c");
  }

  @Test
  void turnsGoThereAndBack() {
    assertThat(Turns.thereAndBack(ALL, 1)).containsExactly("a", "b", "c");
    assertThat(Turns.thereAndBack(ALL, 2)).containsExactly("c", "b", "a");
    assertThat(Turns.thereAndBack(ALL, 3)).containsExactly("a", "b", "c");
  }
}
