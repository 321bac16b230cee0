package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class WanProgramTest {
  private final RunOfProgram program = new RunOfProgram(WanProgram::run);

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
        Arguments.of(
            "--scenarios", "steady-up-60", "'steady-up-60', which is measured on loopback"),
        Arguments.of("--rounds", "0", "--rounds is 0"),
        Arguments.of("--congestion", "fast", "--congestion is 'fast'"));
  }

  @Test
  void aLinkThatDoesNotBeginIsAFailure() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertThat(program.run(results, "--wan", java, "--links", "1mbit/1ms")).isOne();
    assertThat(program.err()).contains("there was no link").contains("ended with code 1");
  }
}
