package io.picomux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Compares what threads share with a sequential specification: Lincheck makes up scenarios of
 * calls, runs each in many orders of steps, and accepts only results that the calls also have one
 * after the other in the specification.
 */
final class Linearizability {
  private static final int SCENARIOS = 10;
  private static final int ORDERS = 200;

  /** Orders for whole sessions, which take far longer. */
  private static final int ORDERS_OF_SESSIONS = 20;

  private static final int FACTOR = Integer.getInteger("picomux.interleavings.factor", 1);

  private Linearizability() {}

  /** Returns how small classes are compared. */
  static ModelCheckingOptions against(Class<?> specification) {
    return options(specification, ORDERS * FACTOR);
  }

  /** Returns how calls of a whole session are compared. */
  static ModelCheckingOptions sessionAgainst(Class<?> specification) {
    return options(specification, ORDERS_OF_SESSIONS * FACTOR);
  }

  private static ModelCheckingOptions options(Class<?> specification, int orders) {
    return new ModelCheckingOptions()
        .iterations(SCENARIOS)
        .invocationsPerIteration(orders)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .minimizeFailedScenario(false)
        .sequentialSpecification(specification);
  }

  /** The check can fail: a copy with a defect does. */
  static void mustBeRefused(Class<?> defect, Class<?> specification) {
    assertThatThrownBy(() -> against(specification).check(defect))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }
}
