package io.picomux.simulation;

import org.jspecify.annotations.Nullable;

/** Runs the programs of seeds and tells of what they find. */
final class Campaign {
  /** How many programs a shrinker may try; each takes as long as a run. */
  private static final int SHRINK_ATTEMPTS = 600;

  private Campaign() {}

  /**
   * Runs the program of a seed.
   *
   * @throws AssertionError with everything that is needed to repeat a finding
   */
  static RunResult run(Kind kind, long seed) {
    Program program = ProgramGenerator.generate(kind, seed);
    try {
      return ProgramRun.run(program);
    } catch (Finding e) {
      throw new AssertionError(report(kind, seed, program, e), e);
    }
  }

  private static String report(Kind kind, long seed, Program program, Finding finding) {
    Program small = Shrinker.shrink(program, other -> isSame(finding, other), SHRINK_ATTEMPTS);
    return """
    %s seed %d: %s
    repeat with: scripts/simulate --kind %s --seed %d --seeds 1
    the smallest program found that does the same, for Program.parse:
    %s\
    """
        .formatted(kind, seed, finding.getMessage(), kind, seed, small);
  }

  private static boolean isSame(Finding finding, Program program) {
    Finding other = findingOf(program);
    return other != null && shape(other).equals(shape(finding));
  }

  /** Returns what a program finds, or null. */
  static @Nullable Finding findingOf(Program program) {
    try {
      ProgramRun.run(program);
      return null;
    } catch (Finding e) {
      return e;
    }
  }

  /** Returns the message without numbers, sides and what stands in brackets. */
  static String shape(Finding finding) {
    String message = String.valueOf(finding.getMessage());
    return message
        .replaceAll("\\d+", "#")
        .replaceAll("\\(.*?\\)|\\[.*", "")
        .replaceAll("CLIENT|SERVER|client|server", "end");
  }
}
