package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
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

  /** Ratios are of the rounds of one run: both runs had a first round, by other turns. */
  @Test
  void figuresOfEarlierRunsAreReportedTogether() throws Exception {
    Path first = results.resolve("first.jsonl");
    Files.writeString(
        first,
        """
        {"machine":"one","arguments":"--rounds 1"}
        {"workload":"up-1","peer_name":"picomux","round":1,"MBps":100}
        {"workload":"up-1","peer_name":"raw","round":1,"MBps":200}
        """);
    Path second = results.resolve("second.jsonl");
    Files.writeString(
        second,
        """
        {"machine":"the same"}
        {"workload":"up-1","peer_name":"raw","round":1,"MBps":400}
        {"workload":"down-1","peer_name":"raw","round":1,"error":"no port"}
        """);
    Path report = results.resolve("report.md");
    int code =
        program.run(
            results,
            "--rounds",
            "0",
            "--with",
            first.toString(),
            "--with",
            second.toString(),
            "--report",
            report.toString());
    assertThat(report).content().contains("- `benchmarks/run --rounds 1`");
    assertThat(code).as("one has failed").isEqualTo(1);
    assertThat(program.out())
        .containsPattern("picomux +1/1 +100 +100 +100 +0[.]50")
        .containsPattern("raw +2/2 +300 +200 +400")
        .containsPattern("raw +0/1");
  }

  @Test
  void whatIsNoMeasurementIsNamedWithItsPlace() throws Exception {
    Path file = results.resolve("broken.jsonl");
    Files.writeString(file, "{}\n{\"workload\":\"up-1\"\n");
    assertThat(program.run(results, "--with", file.toString())).isEqualTo(2);
    assertThat(program.err()).contains("broken.jsonl").contains("line 2");
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
