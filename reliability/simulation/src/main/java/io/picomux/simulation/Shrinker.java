package io.picomux.simulation;

import io.picomux.core.FinMode;
import io.picomux.core.WindowPolicy;
import io.picomux.testkit.LinkProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a program that fails as small as it can: delta debugging over its steps, then smaller
 * amounts and times, then plainer settings, as long as the failure stays. Not thread-safe.
 */
final class Shrinker {
  private static final EndSettings PLAIN_SETTINGS =
      new EndSettings(
          FinMode.AUTO,
          WindowPolicy.PATH,
          false,
          true,
          64 << 20,
          1024,
          16_384,
          256 << 10,
          8 << 20,
          1_800_000,
          30_000);

  private static final List<LinkProfile> PLAIN_LINKS =
      List.of(
          LinkProfile.CITY,
          new LinkProfile(0, 1 << 26, 1 << 17, 1 << 16),
          new LinkProfile(50_000_000, 1 << 20, 1 << 17, 1 << 16));

  private final Predicate<Program> fails;
  private int attemptsLeft;
  private Program smallest;

  private Shrinker(Program program, Predicate<Program> fails, int mostAttempts) {
    this.smallest = program;
    this.fails = fails;
    this.attemptsLeft = mostAttempts;
  }

  /**
   * Shrinks a program.
   *
   * @param program one that fails
   * @param fails tells whether a program fails in the same way
   * @param mostAttempts how many programs are tried at the most
   * @return the smallest program found that fails
   */
  static Program shrink(Program program, Predicate<Program> fails, int mostAttempts) {
    return new Shrinker(program, fails, mostAttempts).shrink();
  }

  private Program shrink() {
    Program before;
    do {
      before = smallest;
      removeSteps();
      simplifySettings();
      shrinkNumbers();
    } while (!before.equals(smallest) && attemptsLeft > 0);
    return smallest;
  }

  private boolean attempt(Program candidate) {
    if (attemptsLeft <= 0 || candidate.equals(smallest)) {
      return false;
    }
    attemptsLeft--;
    if (fails.test(candidate)) {
      smallest = candidate;
      return true;
    }
    return false;
  }

  /** Removes ever smaller groups of steps. */
  private void removeSteps() {
    for (int group = Math.max(1, smallest.steps().size() / 2); group >= 1; group /= 2) {
      int from = 0;
      while (from < smallest.steps().size()) {
        List<Step> fewer = new ArrayList<>(smallest.steps());
        fewer.subList(from, Math.min(from + group, fewer.size())).clear();
        if (!attempt(smallest.withSteps(fewer))) {
          from += group;
        }
      }
    }
  }

  private void simplifySettings() {
    attempt(smallest.withSettings(PLAIN_SETTINGS, smallest.server()));
    attempt(smallest.withSettings(smallest.client(), PLAIN_SETTINGS));
    for (LinkProfile link : PLAIN_LINKS) {
      if (attempt(smallest.withLink(link))) {
        break;
      }
    }
    attempt(
        new Program(
            smallest.kind(),
            smallest.seed(),
            smallest.link(),
            0,
            smallest.client(),
            smallest.server(),
            smallest.steps()));
  }

  private void shrinkNumbers() {
    for (int i = 0; i < smallest.steps().size(); i++) {
      shrinkAmount(i);
      shrinkTime(i);
    }
  }

  private void shrinkAmount(int index) {
    // A session does not take an interval of 0.
    long low = smallest.steps().get(index).action() == Action.LIVENESS ? 1 : 0;
    while (low < smallest.steps().get(index).amount()) {
      long amount = smallest.steps().get(index).amount();
      long middle = low + (amount - low) / 2;
      if (!attempt(replaced(index, smallest.steps().get(index).withAmount(middle)))) {
        low = middle + 1;
      }
    }
  }

  /** Moves a step to the time of the one before it, so that the program has few moments. */
  private void shrinkTime(int index) {
    Step step = smallest.steps().get(index);
    long earlier = index == 0 ? 0 : smallest.steps().get(index - 1).atMillis();
    if (earlier < step.atMillis()) {
      attempt(
          replaced(
              index,
              new Step(
                  earlier,
                  step.side(),
                  step.action(),
                  step.stream(),
                  step.amount(),
                  step.detail())));
    }
  }

  private Program replaced(int index, Step step) {
    List<Step> steps = new ArrayList<>(smallest.steps());
    steps.set(index, step);
    return smallest.withSteps(steps);
  }
}
