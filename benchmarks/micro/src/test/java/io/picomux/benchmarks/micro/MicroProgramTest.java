package io.picomux.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MicroProgramTest {
  /** Enough to see that each benchmark runs, in this JVM. */
  private static final Effort LEAST = new Effort(0, 0, 1, 10);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  @TempDir private Path results;

  @Test
  void everyBenchmarkRuns() throws IOException {
    assertThat(run()).as(() -> progress.toString(StandardCharsets.UTF_8)).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.getFirst()).matches("benchmark +streams +ns/frame +± 99.9 % +B/frame");
    // 11 without a parameter, 4 with two values of it and one with three.
    assertThat(lines.subList(1, 23))
        .allMatch(line -> line.matches("\\w+Benchmark\\.\\w+ .* \\d+\\.\\d\\d +- +\\d+\\.\\d{3}"));
    assertThat(lines.get(23)).isEmpty();
    assertThat(lines.get(24)).startsWith("All figures: " + results);
    String json = Files.readString(Path.of(lines.get(24).substring("All figures: ".length())));
    assertThat(json)
        .contains("\"io.picomux.core.ScheduleBenchmark.bulk\"")
        .contains("\"gc.alloc.rate.norm\"");
  }

  @Test
  void onlyWhatIsAskedForRuns() {
    assertThat(run("fullF", "bulk$")).as(() -> progress.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out.toString().lines().skip(1).takeWhile(line -> !line.isEmpty()))
        .extracting(line -> line.replaceAll(" .*", ""))
        .containsExactly(
            "DecodeBenchmark.fullFrames",
            "EncodeBenchmark.fullFrames",
            "ScheduleBenchmark.bulk",
            "ScheduleBenchmark.bulk",
            "ScheduleBenchmark.bulk");
  }

  @Test
  void namesAreListed() {
    assertThat(run("--list", "Credit", "SendCredit")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "ReceiveCreditBenchmark.readerThatLags",
            "ReceiveCreditBenchmark.readerThatWaits",
            "SendCreditBenchmark.grantedAhead",
            "SendCreditBenchmark.usedUp");
    assertThat(results).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("wrongArguments")
  void wrongArgumentsAreNamed(List<String> arguments, String message) {
    assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains(message, "--help");
    assertThat(out.toString()).isEmpty();
    assertThat(results).isEmptyDirectory();
  }

  static Stream<Arguments> wrongArguments() {
    return Stream.of(
        Arguments.of(List.of("Decode", "nothing"), "'nothing', which occurs in no name: --list"),
        Arguments.of(List.of("[a"), "'[a', which is no regular expression (Unclosed"),
        Arguments.of(List.of("--fast"), "'--fast'"),
        Arguments.of(List.of("--short=twice"), "'twice'"));
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--results", results.toString()));
    all.addAll(List.of(arguments));
    PrintStream jmh = new PrintStream(progress, true, StandardCharsets.UTF_8);
    return new MicroProgram(LEAST, jmh)
        .run(all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
