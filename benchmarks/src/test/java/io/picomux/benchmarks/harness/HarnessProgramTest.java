package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class HarnessProgramTest {
  private final RunOfProgram program = new RunOfProgram(HarnessProgram::run);

  @TempDir private Path results;

  @ParameterizedTest
  @MethodSource("wrongArguments")
  void wrongArgumentsAreNamed(String option, String value, String message) {
    assertThat(program.run(results, option, value)).isEqualTo(2);
    assertThat(program.err()).contains(message);
    assertThat(results).isEmptyDirectory();
  }

  static Stream<Arguments> wrongArguments() {
    return Stream.of(
        Arguments.of("--peers", "nobody", "peer is 'nobody'"),
        Arguments.of("--scenarios", "sideways", "scenario is 'sideways'"),
        Arguments.of("--rounds", "0", "--rounds is 0"),
        Arguments.of("--external", "rust", "peer is 'rust'"),
        Arguments.of("--bytes", "many", "'many' is not a long"));
  }

  @Test
  void workloadsThatAPeerCannotDoAreLeftOut() {
    int code =
        program.run(
            results, "--scenarios", "up-61", "--external", "rust:60=none", "--peers", "rust");
    assertThat(code).isZero();
    assertThat(program.out()).contains("up-61 MBps (higher is better)").contains("rust   0/0");
    assertThat(results).isDirectoryContaining("glob:**.jsonl");
  }
}
