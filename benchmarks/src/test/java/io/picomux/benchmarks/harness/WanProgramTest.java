package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class WanProgramTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path results;

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--results", results.toString()));
    all.addAll(List.of(arguments));
    return WanProgram.run(
        all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @ParameterizedTest
  @MethodSource("wrongArguments")
  void wrongArgumentsAreNamed(String option, String value, String message) {
    assertThat(run(option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(results).isEmptyDirectory();
  }

  static Stream<Arguments> wrongArguments() {
    return Stream.of(
        Arguments.of("--peers", "nobody", "peer is 'nobody'"),
        Arguments.of("--scenarios", "sideways", "scenario is 'sideways'"),
        Arguments.of("--rounds", "0", "--rounds is 0"),
        Arguments.of("--congestion", "fast", "--congestion is 'fast'"));
  }

  @Test
  void aLinkThatDoesNotBeginIsAFailure() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertThat(run("--wan", java, "--links", "1mbit/1ms")).isOne();
    assertThat(err.toString()).contains("there was no link").contains("ended with code 1");
  }
}
