package io.picomux.reliability.attacks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Every attack, in the order of the table: the one place from which tests and programs take them.
 */
public final class AttackCatalogue {
  /** All attacks. */
  public static final List<Attack> ALL =
      Stream.of(
              PingAttacks.ALL,
              OpenAttacks.ALL,
              CreditAttacks.ALL,
              DataAttacks.ALL,
              FrameAttacks.ALL)
          .flatMap(List::stream)
          .toList();

  private AttackCatalogue() {}

  /**
   * Returns the attack of a name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Attack named(String name) {
    return ALL.stream()
        .filter(attack -> attack.name().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no attack is called \""
                    + name
                    + "\"; there are: "
                    + String.join(", ", ALL.stream().map(Attack::name).toList())));
  }
}
