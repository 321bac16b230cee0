package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures peers by turns over long links and prints how they compare. */
@Command(
    name = "run-wan",
    mixinStandardHelpOptions = true,
    description = {
      "Measures peers by the same work, by turns, over links with a rate, a delay, a drop-tail"
          + " buffer and loss, and prints how they compare.",
      ""
    },
    footer = {
      "",
      "A link is RATE/RTT or RATE/RTT/Qms, such as 20mbit/40ms/Q500: see benchmarks/wan-link --help.",
      "Scenarios and peers are those of benchmarks/run, but for steady-up and steady-down. Amounts"
          + " follow from the link: a bulk transfer takes --seconds at its rate.",
      "",
      "Exit codes: 0 measured, 1 a run failed (the table has the others), 2 wrong arguments."
    })
public final class WanProgram implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int SHORT_ROUNDS = 2;

  /** Chosen by judgement: half of the shortest one-way delay of the usual links. */
  private static final double TOLERATED_LATENESS_MILLIS = 10;

  private static final List<String> USUAL_PEERS = List.of("picomux", "raw");

  private static final String MACHINES_OWN = "default";
  private static final String BOTH = "both";
  private static final List<String> CONGESTION_CONTROLS =
      List.of("bbr", "cubic", BOTH, MACHINES_OWN);

  @Option(
      names = "--links",
      split = ",",
      paramLabel = "LINK",
      defaultValue = "100mbit/100ms/Q300,20mbit/40ms/Q500,1gbit/50ms,10mbit/200ms",
      description = "Over which links; default ${DEFAULT-VALUE}.")
  private List<String> links = List.of();

  @Option(
      names = "--loss",
      split = ",",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "With how much loss in each direction, such as 0,0.1%%,1%%; default none.")
  private List<String> losses = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides which packets are lost; default 1.")
  private long seed;

  @Option(
      names = "--congestion",
      paramLabel = "NAME",
      defaultValue = MACHINES_OWN,
      description = "Congestion control of TCP: bbr, cubic, both, or the machine's own by default.")
  private String congestion;

  @Option(
      names = "--stock-buffers",
      description = "Lower wmem_max and rmem_max of the whole machine to 212992 meanwhile.")
  private boolean hasStockBuffers;

  @Option(
      names = "--scenarios",
      split = ",",
      paramLabel = "SCENARIO",
      defaultValue = "down-1,up-1,pingpong,loaded-1,loaded-20,loaded-down-1,loaded-down-20",
      description = "What is measured; default ${DEFAULT-VALUE}.")
  private List<String> scenarios = List.of();

  @Mixin private RunOptions options;

  @Option(
      names = "--short",
      description = "2 rounds, bulk for 5 s, and 40 round trips beside bulk.")
  private boolean isShort;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long a bulk transfer takes at the rate of the link; default 5.")
  private double seconds;

  @Option(
      names = "--wan",
      paramLabel = "PROGRAM",
      defaultValue = "picomux-wan",
      description = "The program that makes links; benchmarks/wan/build builds it.")
  private String wan;

  @Spec private CommandSpec command;

  /** Made by picocli. */
  public WanProgram() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, /* autoFlush= */ true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, /* autoFlush= */ true, Charset.defaultCharset());
    System.exit(run(args, out, err));
  }

  /** Runs the program in the calling thread; returns the exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new WanProgram()).setOut(out).setErr(err).execute(args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Plan plan = plan();
    PrintWriter out = command.commandLine().getOut();
    Path file = options.resultFile();
    boolean failed = false;
    try (PrintWriter log = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
      log.println(Machine.describe());
      out.println(Machine.describe());
      for (LinkCase each : plan.cases()) {
        failed |= measure(plan, each, log);
      }
      if (log.checkError()) {
        throw new IOException("cannot write " + file);
      }
    }
    out.println();
    out.println("All figures: " + file);
    return failed ? FAILED : OK;
  }

  /** A link with everything that can differ between two tables. */
  private record LinkCase(String link, String loss, String congestion) {}

  private List<LinkCase> cases() {
    List<String> controls = congestion.equals(BOTH) ? List.of("bbr", "cubic") : List.of(congestion);
    List<LinkCase> cases = new ArrayList<>();
    for (String link : links) {
      for (String loss : losses) {
        controls.forEach(control -> cases.add(new LinkCase(link, loss, control)));
      }
    }
    return cases;
  }

  private record Plan(List<PeerCommand> peers, int rounds, List<LinkCase> cases) {}

  private Plan plan() throws IOException, InterruptedException {
    try {
      scenarios.forEach(LinkWorkloads::parse);
      if (!CONGESTION_CONTROLS.contains(congestion)) {
        throw new IllegalArgumentException(
            "--congestion is '" + congestion + "', must be one of " + CONGESTION_CONTROLS);
      }
      return new Plan(
          options.select(USUAL_PEERS), options.rounds(isShort, SHORT_ROUNDS, 1), cases());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Measures everything over one link and prints its tables; returns whether a run has failed. */
  private boolean measure(Plan plan, LinkCase each, PrintWriter log) throws InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter progress = command.commandLine().getErr();
    try (LongLink link = LongLink.start(program(each))) {
      log.println(link.description());
      out.println();
      out.println(link.description());
      progress.println("over " + link.description());
      List<Workload> workloads = new LinkWorkloads(seconds, isShort).of(scenarios, link);
      Measurer measurer = options.measurer(link.place());
      List<Measurement> measurements =
          new Rounds(plan.rounds(), progress, log)
              .measure(
                  workloads,
                  plan.peers(),
                  RoundMeasurer.oneAfterTheOther((workload, peer, round) ->
                      turn(each, link, measurer.measure(workload, peer, round), workload)));
      new Report(workloads, plan.peers(), measurements, ScenarioKind::figuresOverLink)
          .lines()
          .forEach(out::println);
      return measurements.stream().anyMatch(Measurement::isFailed);
    } catch (IOException e) {
      progress.println("there was no link " + each + ": " + e.getMessage());
      return true;
    }
  }

  /** Adds to a run what the link knows about it. */
  private Measurement turn(LinkCase each, LongLink link, Measurement run, Workload workload)
      throws InterruptedException {
    JsonObject json = run.json();
    if (!run.isFailed()) {
      try {
        link.addTo(json, workload.scenario());
        double late = LinkCounters.latenessMillis(json);
        if (late > TOLERATED_LATENESS_MILLIS) {
          command
              .commandLine()
              .getErr()
              .printf("the link was late by %.0f ms in the next run: the machine is busy%n", late);
        }
      } catch (IOException e) {
        json.addProperty("error", String.valueOf(e.getMessage()));
      }
    }
    json.addProperty("link", each.link());
    json.addProperty("loss", each.loss());
    json.addProperty("congestion", each.congestion());
    json.addProperty("stock_buffers", hasStockBuffers);
    return run;
  }

  private List<String> program(LinkCase each) {
    List<String> program = new ArrayList<>(List.of(wan, "link", each.link()));
    program.addAll(List.of("--loss", each.loss(), "--seed", Long.toString(seed)));
    if (!each.congestion().equals(MACHINES_OWN)) {
      program.addAll(List.of("--congestion", each.congestion()));
    }
    if (hasStockBuffers) {
      program.add("--stock-buffers");
    }
    return program;
  }
}
