package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A scenario with its sizes.
 *
 * @param scenario what is done
 * @param width how many streams or workers do it
 * @param amount how much they do together, in the unit of the scenario
 */
record Workload(ScenarioKind scenario, int width, long amount) {

  /** What peers do before the clock starts that were compiled before: this part of the amount. */
  private static final int COMPILED_DIVISOR = 4;

  /**
   * Reads {@code SCENARIO} or {@code SCENARIO-WIDTH}, such as {@code up-60}.
   *
   * @param isShort whether the small amount of the scenario is taken
   * @param amount how much is done, where it is not left to the scenario; without meaning where it
   *     goes on for ever
   */
  static Workload parse(String text, boolean isShort, OptionalLong amount) {
    int dash = ScenarioKind.isWord(text) ? -1 : text.lastIndexOf('-');
    ScenarioKind scenario = ScenarioKind.of(dash < 0 ? text : text.substring(0, dash));
    int width = scenario.width().usual();
    if (dash >= 0) {
      if (scenario.width().isFixed()) {
        throw new IllegalArgumentException(
            "scenario is '" + text + "', but " + scenario.word() + " always has one stream");
      }
      width = Numbers.positiveInt(scenario.width().option(), text.substring(dash + 1));
    }
    long usual = isShort ? scenario.amount().inShort() : scenario.amount().usual();
    boolean isEndless = scenario.amount().isEndless();
    return new Workload(scenario, width, isEndless ? usual : amount.orElse(usual));
  }

  /** Returns the name in tables; {@link #parse} reads it. */
  String label() {
    return scenario.word() + (scenario.width().isFixed() ? "" : "-" + width);
  }

  boolean isMemory() {
    return scenario.isMemory();
  }

  /** Returns what every peer is told of the sizes. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    if (!scenario.width().isFixed()) {
      options.addAll(List.of(scenario.width().option(), Integer.toString(width)));
    }
    if (!scenario.amount().isNone()) {
      options.addAll(List.of(scenario.amount().option(), Long.toString(amount)));
    }
    return options;
  }

  /**
   * Returns what the peers of this module are told besides.
   *
   * @param isJvm whether the peer is compiled while it runs
   */
  List<String> warmupOptions(boolean isJvm) {
    if (scenario.amount().isNone()) {
      return List.of();
    }
    if (scenario.amount().isEndless()) {
      return List.of("--warmup", "0");
    }
    long warmup = isJvm ? scenario.amount().warmupTimes() * amount : amount / COMPILED_DIVISOR;
    return List.of("--warmup", Long.toString(warmup));
  }
}
