package io.picomux.reliability.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ModelTest {
  private static final String TEXT =
      """
      /*@run safety */
      /*@run served fair */
      byte a;
        a++; /*@mutant counts-down served: a--; */
      """;

  @Test
  void runsAreListedWithTheirFairness() {
    assertThat(Model.parse("counter", TEXT).runs())
        .containsExactly(new Model.Run("safety", false), new Model.Run("served", true));
  }

  @Test
  void mutantReplacesItsLineAndNothingElse() {
    Model.Mutant mutant = Model.parse("counter", TEXT).mutants().getFirst();

    assertThat(mutant.name()).isEqualTo("counts-down");
    assertThat(mutant.run().name()).isEqualTo("served");
    assertThat(mutant.text()).isEqualTo("/*@run safety */\n/*@run served fair */\nbyte a;\na--;\n");
  }

  @Test
  void marksThatAreNotUnderstoodAreRefused() {
    assertThatThrownBy(() -> Model.parse("counter", TEXT + "a++; /*@mutnat x safety: a--; */\n"))
        .hasMessageContaining("counter, line 5: unknown mark");
    assertThatThrownBy(() -> Model.parse("counter", TEXT.replace("down served", "down sreved")))
        .hasMessageContaining("no run named sreved");
    assertThatThrownBy(() -> Model.parse("counter", "byte a;\n"))
        .hasMessageContaining("counter: no line /*@run NAME */");
  }
}
