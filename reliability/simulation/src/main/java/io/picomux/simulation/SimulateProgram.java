package io.picomux.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs simulated sessions for long: what {@code scripts/simulate} starts. */
@Command(
    name = "scripts/simulate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs random programs on simulated sessions: opens, writes, half-closes, resets and the end of",
      "sessions, over links that stall, fall silent and break, on a clock that jumps. Each seed is one",
      "program and gives the same run each time. A finding is shrunk and printed; the exit status is 1.",
      "Kinds: bare cores, sessions of the library, two of these with a relay between them, and one inside",
      "a stream of another.",
      "",
      "  scripts/simulate --hours 1                      all kinds for an hour, on all cores",
      "  scripts/simulate --kind engine --seeds 5000     so many seeds",
      "  scripts/simulate --kind core --seed 64 --seeds 1   repeats one seed",
      "  scripts/simulate --program file                 runs a printed program again",
      ""
    })
public final class SimulateProgram implements Callable<Integer> {
  private static final long PROGRESS_NANOS = 10_000_000_000L;
  private static final Logger LIBRARY_LOG = Logger.getLogger("io.picomux");

  @Option(names = "--hours", paramLabel = "H", description = "real hours to run; default 0.1")
  private double hours = 0.1;

  @Option(names = "--seed", paramLabel = "S", description = "the first seed; default: by the clock")
  private @Nullable Long firstSeed;

  @Option(names = "--seeds", paramLabel = "N", description = "stop after so many seeds per kind")
  private long mostSeeds = Long.MAX_VALUE;

  @Option(
      names = "--kind",
      paramLabel = "K",
      description = "core, engine, relay or nested; default all")
  private @Nullable String kindName;

  @Option(names = "--program", paramLabel = "FILE", description = "run this program only")
  private @Nullable Path programFile;

  @Option(names = "--log", paramLabel = "FILE", description = "append a line of figures to FILE")
  private @Nullable Path log;

  @Option(names = "--commit", hidden = true)
  private String commit = "unknown";

  @Spec private CommandSpec spec;

  private final AtomicLong done = new AtomicLong();
  private final AtomicLong virtualNanos = new AtomicLong();
  private final List<String> findings = new ArrayList<>();
  private final long startNanoTime = System.nanoTime();
  private long toldNanoTime = startNanoTime;

  private SimulateProgram() {}

  /** Runs the command. */
  public static void main(String[] args) {
    LIBRARY_LOG.setLevel(Level.OFF);
    System.exit(new CommandLine(new SimulateProgram()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (programFile != null) {
      return runFile(programFile, out);
    }
    List<Kind> kinds = kinds();
    long first = firstSeed == null ? System.currentTimeMillis() : firstSeed;
    out.println("first seed " + first + ", kinds " + kinds);
    out.flush();
    AtomicLong next = new AtomicLong();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      workers.add(Thread.ofPlatform().start(() -> work(kinds, first, next, out)));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    tell("done", out);
    findings.forEach(out::println);
    out.flush();
    if (log != null) {
      append(log, kinds, first);
    }
    return findings.isEmpty() ? 0 : 1;
  }

  private List<Kind> kinds() {
    if (kindName == null) {
      return List.of(Kind.values());
    }
    try {
      return List.of(Kind.valueOf(kindName.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--kind is " + kindName + ", must be core, engine, relay or nested",
          e);
    }
  }

  private static int runFile(Path file, PrintWriter out) throws IOException {
    Program program = Program.parse(Files.readString(file));
    Finding finding = Campaign.findingOf(program);
    out.println(finding == null ? "nothing was found" : "found: " + finding.getMessage());
    out.flush();
    return finding == null ? 0 : 1;
  }

  /** Takes the next seed again and again; the kinds take turns. */
  private void work(List<Kind> kinds, long first, AtomicLong next, PrintWriter out) {
    double nanos = hours * 3_600e9;
    while (System.nanoTime() - startNanoTime < nanos) {
      long index = next.getAndIncrement();
      if (index / kinds.size() >= mostSeeds) {
        return;
      }
      try {
        RunResult result =
            Campaign.run(kinds.get((int) (index % kinds.size())), first + index / kinds.size());
        virtualNanos.addAndGet(result.virtualNanos());
      } catch (AssertionError e) {
        note(e, out);
      }
      done.incrementAndGet();
      tellNowAndThen(out);
    }
  }

  private synchronized void note(AssertionError finding, PrintWriter out) {
    findings.add(String.valueOf(finding.getMessage()));
    out.println("FOUND " + finding.getMessage());
    out.flush();
  }

  private synchronized void tellNowAndThen(PrintWriter out) {
    if (System.nanoTime() - toldNanoTime >= PROGRESS_NANOS) {
      toldNanoTime = System.nanoTime();
      tell("running", out);
    }
  }

  private void tell(String state, PrintWriter out) {
    double realSeconds = realSeconds();
    double simulatedSeconds = virtualNanos.get() / 1e9;
    out.printf(
        Locale.ROOT,
        "%s: %.0f s, %d programs, %.1f simulated hours, ratio %.0f, %d findings%n",
        state,
        realSeconds,
        done.get(),
        simulatedSeconds / 3600,
        simulatedSeconds / realSeconds,
        findings.size());
    out.flush();
  }

  private double realSeconds() {
    return (System.nanoTime() - startNanoTime) / 1e9;
  }

  private void append(Path file, List<Kind> kinds, long first) throws IOException {
    StringBuilder lines = new StringBuilder();
    if (!Files.exists(file)) {
      lines.append(
          "date,commit,kinds,first_seed,seeds,simulated_hours,real_hours,ratio,findings\n");
    }
    lines.append(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%d,%d,%.1f,%.3f,%.0f,%d%n",
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            commit,
            String.join("+", kinds.stream().map(Kind::name).toList()),
            first,
            done.get(),
            virtualNanos.get() / 3_600e9,
            realSeconds() / 3600,
            virtualNanos.get() / 1e9 / realSeconds(),
            findings.size()));
    Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
