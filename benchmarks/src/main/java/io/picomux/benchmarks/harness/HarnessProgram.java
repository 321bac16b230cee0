package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures peers by turns and prints how they compare. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Measures peers by the same work, by turns, each time with a fresh server and client, and"
          + " prints how they compare.",
      ""
    },
    footer = {
      "",
      "Scenarios: up-N, down-N (N streams), pingpong, rr-N (N streams), loaded-N, loaded-down-N"
          + " (beside N bulk streams), open-N (N workers), small-N (small writes on N streams),"
          + " idle-N (N streams), sessions-N (N idle sessions).",
      "Only when they are asked for: steady-up-N, steady-down-N (bulk that goes on, N streams; all"
          + " peers alive at once, by turns of a fraction of a second; Linux).",
      "Peers: picomux, picomux-platform, picomux-streams, picomux-tls; raw, raw-platform, raw-tls"
          + " (a connection for each stream); netty-h2; go-raw, go-yamux, go-smux;"
          + " rust-picomux-0.1.14, rust-picomux-0.3.3, rust-yamux; and those of --external.",
      "",
      "Exit codes: 0 measured, 1 a run failed (the table has the others), 2 wrong arguments."
    })
public final class HarnessProgram implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;

  /** Options, each with a value, that say where things are on this machine. */
  private static final Set<String> ADDED_BY_SCRIPT =
      Set.of("--build-peers", "--results", "--targets", "--compare");

  private static final int SHORT_ROUNDS = 5;

  private static final List<String> ALL_SCENARIOS =
      List.of(
          "up-1",
          "up-10",
          "up-60",
          "down-1",
          "down-10",
          "down-60",
          "pingpong",
          "rr-60",
          "loaded-4",
          "open-8",
          "small-1",
          "idle-10000",
          "idle-100000",
          "sessions-5000",
          "up-1000",
          "down-1000");
  private static final List<String> SHORT_SCENARIOS =
      List.of(
          "up-1",
          "up-60",
          "down-1",
          "down-60",
          "pingpong",
          "rr-60",
          "loaded-4",
          "open-8",
          "small-1");
  private static final List<String> SHORT_PEERS = List.of("picomux", "raw", "raw-platform");

  @Option(
      names = "--short",
      description = {
        "Less than ten minutes: 5 rounds of less work, of picomux, raw and raw-platform unless",
        "others are named, to see what a change has made better or worse."
      })
  private boolean isShort;

  @Option(
      names = "--scenarios",
      split = ",",
      paramLabel = "SCENARIO",
      description = "What is measured; default everything.")
  private List<String> scenarios = List.of();

  @Mixin private RunOptions options;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      description =
          "Bytes of up, down and small, all streams together; default 2000000000, of"
              + " small 600000000.")
  private @Nullable Long bytes;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Round trips or streams of pingpong, rr, loaded and open.")
  private @Nullable Long count;

  @Option(
      names = "--with",
      paramLabel = "FILE",
      description = {
        "Report the figures of an earlier run, a file of results, together with those of this",
        "one; may be repeated. With --rounds 0 nothing is measured."
      })
  private List<Path> earlierFiles = List.of();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page of Markdown, and charts into a folder of its name beside it.")
  private @Nullable Path reportFile;

  @Option(
      names = "--targets",
      paramLabel = "FILE",
      description = "Say of each line of it whether it is reached.")
  private @Nullable Path targets;

  @Option(
      names = "--store",
      paramLabel = "FILE",
      description = "Keep how our peers compare with raw connections, to be compared with later.")
  private @Nullable Path store;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = "Say what got better or worse since a --store, beyond the intervals.")
  private @Nullable Path compare;

  @Spec private CommandSpec command;

  /** Made by picocli. */
  public HarnessProgram() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, /* autoFlush= */ true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, /* autoFlush= */ true, Charset.defaultCharset());
    System.exit(run(args, out, err));
  }

  /** Runs the program in the calling thread; returns the exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new HarnessProgram()).setOut(out).setErr(err).execute(args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Plan plan = plan();
    Path file = options.resultFile();
    List<Measurement> measurements = new ArrayList<>(plan.earlier());
    try (PrintWriter log = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
      JsonObject first = header();
      first.addProperty(EarlierRuns.ARGUMENTS, String.join(" ", arguments()));
      log.println(first);
      measurements.addAll(measure(plan, log));
      if (log.checkError()) {
        throw new IOException("cannot write " + file);
      }
    }
    PrintWriter out = command.commandLine().getOut();
    out.println(header());
    Report report = new Report(plan.shown(), plan.known(), measurements, ScenarioKind::figures);
    report.lines().forEach(out::println);
    out.println();
    conclude(plan, measurements, report);
    out.println("All figures: " + file);
    return measurements.stream().anyMatch(Measurement::isFailed) ? FAILED : OK;
  }

  /** Judges the targets, tells what has changed, and writes the files that were asked for. */
  private void conclude(Plan plan, List<Measurement> measurements, Report report)
      throws IOException {
    PrintWriter out = command.commandLine().getOut();
    Comparison comparison = new Comparison(measurements);
    List<Target.Outcome> outcomes = new ArrayList<>();
    if (targets != null) {
      List<String> rivals =
          plan.known().stream()
              .filter(peer -> peer.role() == Role.RIVAL)
              .map(PeerCommand::name)
              .toList();
      for (Target target : Target.read(targets)) {
        outcomes.add(target.judge(comparison, rivals));
      }
      Columns.align(Target.table(outcomes)).forEach(out::println);
      out.println();
    }
    StoredRatios now = StoredRatios.of(plan.shown(), plan.known(), comparison);
    if (compare != null && Files.exists(compare)) {
      out.println("Compared with " + compare + ":");
      StoredRatios.read(compare).changes(now).forEach(out::println);
      out.println();
    }
    if (store != null) {
      now.write(store);
      out.println("Ratios: " + store);
    }
    if (reportFile != null) {
      new MarkdownReport(reportFile)
          .write(
              header(),
              arguments(),
              EarlierRuns.arguments(earlierFiles),
              measurements,
              outcomes,
              report);
      out.println("Report: " + reportFile);
    }
  }

  private List<String> arguments() {
    return askedFor(command.commandLine().getParseResult().originalArgs());
  }

  /** Returns the arguments without those that benchmarks/run adds. */
  static List<String> askedFor(List<String> arguments) {
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (ADDED_BY_SCRIPT.contains(arguments.get(i))) {
        i++;
      } else {
        asked.add(arguments.get(i));
      }
    }
    return asked;
  }

  /**
   * What is to be done.
   *
   * @param workloads what is measured
   * @param peers who is
   * @param earlier what was measured before
   * @param shown what is reported
   * @param known of whom
   */
  private record Plan(
      List<Workload> workloads,
      List<PeerCommand> peers,
      int rounds,
      List<Measurement> earlier,
      List<Workload> shown,
      List<PeerCommand> known) {}

  private Plan plan() throws IOException, InterruptedException {
    try {
      List<String> labels = isShort ? SHORT_SCENARIOS : ALL_SCENARIOS;
      List<Workload> workloads = new ArrayList<>();
      for (String label : scenarios.isEmpty() ? labels : scenarios) {
        workloads.add(Workload.parse(label, isShort, amount(label)));
      }
      List<Measurement> earlier = EarlierRuns.read(earlierFiles);
      int rounds = options.rounds(isShort, SHORT_ROUNDS, earlier.isEmpty() ? 1 : 0);
      List<PeerCommand> peers =
          rounds == 0 ? List.of() : options.select(isShort ? SHORT_PEERS : List.of());
      Set<String> names = names(peers, earlier);
      Map<String, Workload> shown = new LinkedHashMap<>();
      if (rounds > 0) {
        workloads.forEach(workload -> {
          SteadyMeasurer.requireSystem(workload, LoopbackCounter.OF_LINUX);
          shown.put(workload.label(), workload);
        });
      }
      for (Measurement measurement : earlier) {
        String label = measurement.workload();
        shown.putIfAbsent(label, Workload.parse(label, isShort, OptionalLong.empty()));
      }
      return new Plan(
          workloads, peers, rounds, earlier, List.copyOf(shown.values()), options.known(names));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Returns the names of peers that are measured or were. */
  private static Set<String> names(List<PeerCommand> peers, List<Measurement> earlier) {
    Set<String> names = new LinkedHashSet<>();
    peers.forEach(peer -> names.add(peer.name()));
    earlier.forEach(measurement -> names.add(measurement.peer()));
    return names;
  }

  /** Returns the amount that was asked for by hand. */
  private OptionalLong amount(String label) {
    boolean isBulk = Stream.of("up", "down", "small").anyMatch(label::startsWith);
    Long asked = isBulk ? bytes : count;
    return asked == null ? OptionalLong.empty() : OptionalLong.of(asked);
  }

  private List<Measurement> measure(Plan plan, PrintWriter log) throws InterruptedException {
    RoundMeasurer usual = RoundMeasurer.oneAfterTheOther(options.measurer(Place.LOOPBACK)::measure);
    boolean hasSteady = plan.workloads().stream().anyMatch(each -> each.scenario().isSteady());
    RoundMeasurer steady = hasSteady ? options.steadyMeasurer() : usual;
    return new Rounds(plan.rounds(), command.commandLine().getErr(), log)
        .measure(
            plan.workloads(),
            plan.peers(),
            (workload, peers, round, measured) ->
                (workload.scenario().isSteady() ? steady : usual)
                    .measure(workload, peers, round, measured));
  }

  private static JsonObject header() {
    JsonObject header = Machine.describe();
    header.addProperty("jvm_flags", "none; netty-h2 " + PeerRegistry.NATIVE_ACCESS);
    header.addProperty(
        "jvm_flags_where_memory_is_looked_at", String.join(" ", PeerCommand.MEMORY_JVM_FLAGS));
    return header;
  }
}
