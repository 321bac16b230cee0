package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** The one list of attacks. */
class AttackCatalogueTest {
  @Test
  void everyAttackHasANameOfItsOwnAndIsFoundByIt() {
    assertThat(AttackCatalogue.ALL).extracting(Attack::name).doesNotHaveDuplicates();
    assertThat(AttackCatalogue.ALL)
        .allSatisfy(attack -> assertThat(AttackCatalogue.named(attack.name())).isSameAs(attack));
  }

  @Test
  void theRowsOfTheTableAreInOrder() {
    assertThat(AttackCatalogue.ALL).extracting(Attack::row).isSorted().contains(1, 2, 3, 4, 5, 6);
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttackCatalogue.named("no-such"))
        .withMessageContaining("\"no-such\"")
        .withMessageContaining("ping-flood");
  }
}
