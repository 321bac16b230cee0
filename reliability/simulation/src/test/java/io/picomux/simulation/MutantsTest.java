package io.picomux.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends that get one thing wrong are caught, and what shows it is shrunk to a few steps. */
@Timeout(300)
class MutantsTest {
  /** Many programs are without what a mutant gets wrong, such as a reset with data on its way. */
  private static final int MOST_SEEDS = 300;

  private static final int SHRINK_ATTEMPTS = 300;

  @BeforeAll
  static void silenceTheLibrary() {
    LibraryLog.silence();
  }

  @ParameterizedTest
  @EnumSource
  void theSimulationCatches(Mutant mutant) {
    for (Kind kind : Kind.values()) {
      assertThat(firstCaught(mutant, kind)).as("%s of kind %s", mutant, kind).isNotNull();
    }
  }

  @Test
  void theShrinkerLeavesOnlyWhatShowsTheFault() {
    Mutant mutant = Mutant.LOSES_A_BYTE;
    Program large = Objects.requireNonNull(firstCaught(mutant, Kind.ENGINE));
    Program small =
        Shrinker.shrink(large, program -> findingOf(mutant, program) != null, SHRINK_ATTEMPTS);
    System.out.println("MutantsTest: " + large.steps().size() + " steps shrank to\n" + small);
    assertThat(small.steps()).hasSizeLessThanOrEqualTo(2);
    assertThat(small.sum(Action.WRITE)).isLessThanOrEqualTo(4);
    assertThat(findingOf(mutant, Program.parse(small.toString()))).isNotNull();
    assertThat(Campaign.findingOf(small)).as("without the mutant").isNull();
  }

  private static @Nullable Program firstCaught(Mutant mutant, Kind kind) {
    for (long seed = 1; seed <= MOST_SEEDS; seed++) {
      Program program = ProgramGenerator.generate(kind, seed);
      if (findingOf(mutant, program) != null) {
        return program;
      }
    }
    return null;
  }

  private static @Nullable Finding findingOf(Mutant mutant, Program program) {
    try {
      new ProgramRun(program, program, mutant::infect).run();
      return null;
    } catch (Finding e) {
      return e;
    }
  }
}
