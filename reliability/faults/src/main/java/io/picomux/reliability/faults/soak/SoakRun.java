package io.picomux.reliability.faults.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs both processes for as long as asked, then judges and draws what they were like. */
@Command(
    name = "run",
    customSynopsis = "Usage: scripts/soak [OPTION]...",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a server and a client process do everything for hours, over links that break, and"
          + " watches heap, threads, descriptors and throughput of both.",
      "",
      "An error is a wrong, lost or repeated byte, a call that hangs, a failure without a cause,"
          + " a session or stream that is left at the end, or a figure that grows for certain."
          + " The exit code is 1 then. Interrupting it draws what there is.",
      ""
    })
final class SoakRun implements Callable<Integer> {
  private static final int PROGRESS_SECONDS = 30;

  /** Ten minutes: shorter runs say too little to be kept. */
  private static final double LOGGED_HOURS = 0.16;

  private static final int START_LIMIT_SECONDS = 60;
  private static final int END_LIMIT_SECONDS = 400;

  @Option(
      names = "--hours",
      defaultValue = "1",
      description = "How long; default ${DEFAULT-VALUE}.")
  private double hours;

  @Option(names = "--seed", description = "Where choices come from; default: a new one, printed.")
  private @Nullable Long chosenSeed;

  @Option(names = "--no-faults", description = "Clean links, and sessions that end in order.")
  private boolean noFaults;

  @Option(
      names = "--lanes",
      defaultValue = "4",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private int lanes;

  @Option(
      names = "--pause-millis",
      defaultValue = "150",
      description = "How long a worker rests between two operations; default ${DEFAULT-VALUE}.")
  private int pauseMillis;

  @Option(
      names = "--heap-megabytes",
      defaultValue = "192",
      description = "The largest heap of each process; default ${DEFAULT-VALUE}.")
  private int heapMegabytes;

  @Option(
      names = "--output",
      description =
          "Folder for the picture, the samples, the summary and what the processes say; default:"
              + " docs/reliability, but reliability/faults/target/soak for less than ten minutes.")
  private @Nullable Path chosenOutput;

  @Option(names = "--log", hidden = true, description = "Folder of the log that adds up.")
  private @Nullable Path log;

  @Option(names = "--scratch", hidden = true, description = "Folder of short runs.")
  private Path scratch = Path.of("soak");

  @Option(names = "--commit", hidden = true, description = "For the log.")
  private String commit = "unknown";

  private Path output = scratch;
  private final List<Figures> server = new ArrayList<>();
  private final List<Figures> client = new ArrayList<>();
  private final SoakTotals totals = new SoakTotals();
  private final CompletableFuture<List<Integer>> ports = new CompletableFuture<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    long seed = chosenSeed != null ? chosenSeed : System.nanoTime();
    Path logFolder = hours < LOGGED_HOURS ? null : log;
    output = chosenOutput != null ? chosenOutput : logFolder != null ? logFolder : scratch;
    Files.createDirectories(output);
    // What processes say, and dumps of threads, belong to this run only.
    Files.createDirectories(scratch);
    say("seed " + seed + ", " + hours + " hours, results go to " + output.toAbsolutePath());
    long endNanoTime = System.nanoTime() + (long) (hours * 3600e9);
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endEarly(over), "soak-interrupted"));
    try {
      return run(endNanoTime, seed, logFolder);
    } finally {
      over.countDown();
    }
  }

  private int run(long endNanoTime, long seed, @Nullable Path logFolder)
      throws IOException, InterruptedException {
    int sampleSeconds = hours < 0.1 ? 1 : 5;
    try (Child serverProcess =
            Child.start(
                heapMegabytes,
                scratch.resolve("server.log"),
                List.of("server", "--sample-seconds=" + sampleSeconds),
                message -> take(message, server, "server"));
        Child clientProcess =
            Child.start(
                heapMegabytes,
                scratch.resolve("client.log"),
                clientArguments(seed, sampleSeconds),
                message -> take(message, client, "client"))) {
      watch(endNanoTime, serverProcess, clientProcess);
      endProcess("client", clientProcess);
      endProcess("server", serverProcess);
    }
    SoakReport report = new SoakReport(server, client, totals, seed);
    report.write(output);
    if (logFolder != null) {
      report.addTo(logFolder.resolve("soak.csv"), commit);
    }
    say(report.text());
    return report.isGood() ? 0 : 1;
  }

  private List<String> clientArguments(long seed, int sampleSeconds)
      throws IOException, InterruptedException {
    List<Integer> at;
    try {
      at = ports.get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the server process did not begin; see " + scratch, e);
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("client");
    arguments.add("--ports=" + at.get(0) + "," + at.get(1) + "," + at.get(2));
    arguments.add("--seed=" + seed);
    arguments.add("--sample-seconds=" + sampleSeconds);
    arguments.add("--lanes=" + lanes);
    arguments.add("--pause-millis=" + pauseMillis);
    arguments.add("--dumps=" + scratch);
    if (noFaults) {
      arguments.add("--no-faults");
    }
    return arguments;
  }

  private synchronized void take(Message message, List<Figures> samples, String process) {
    if (message.ports() != null) {
      ports.complete(message.ports());
    }
    if (message.error() != null) {
      totals.addError(process + ": " + message.error());
      say("ERROR in the " + process + ": " + message.error());
    }
    if (message.operations() != null && !message.operations().isEmpty()) {
      totals.setOperations(message.operations());
    }
    if (message.figures() != null && !message.ended()) {
      samples.add(message.figures());
    }
    if (message.figures() != null && message.ended()) {
      totals.setLast(process, message.figures());
    }
  }

  private void watch(long endNanoTime, Child... processes) {
    long shownNanoTime = System.nanoTime();
    try {
      while (System.nanoTime() - endNanoTime < 0 && !totals.isStopped()) {
        TimeUnit.MILLISECONDS.sleep(200);
        for (Child process : processes) {
          if (!process.isAlive()) {
            totals.addError("a process has ended by itself; see the logs in " + scratch);
            return;
          }
        }
        if (System.nanoTime() - shownNanoTime > PROGRESS_SECONDS * 1_000_000_000L) {
          shownNanoTime = System.nanoTime();
          showProgress(endNanoTime);
        }
      }
    } catch (InterruptedException e) {
      say("interrupted: ending early");
    }
  }

  private synchronized void showProgress(long endNanoTime) {
    if (client.isEmpty() || server.isEmpty()) {
      return;
    }
    Figures near = client.get(client.size() - 1);
    Figures far = server.get(server.size() - 1);
    say(
        String.format(
            Locale.ROOT,
            "%.0f min left; %,d MB moved, %,d streams, %,d sessions; live heap %d/%d MB, threads"
                + " %d/%d, descriptors %d/%d (client/server); %d errors",
            Math.max(0, (endNanoTime - System.nanoTime()) / 60e9),
            near.movedBytes() / 1_000_000,
            near.streamsOpened(),
            near.sessionsOpened(),
            near.liveHeapBytes() / 1_000_000,
            far.liveHeapBytes() / 1_000_000,
            near.threads(),
            far.threads(),
            near.descriptors(),
            far.descriptors(),
            totals.errors().size()));
  }

  private void endProcess(String name, Child process) {
    try {
      int code = process.end(END_LIMIT_SECONDS);
      if (code != 0) {
        totals.addError("the " + name + " process ended with code " + code);
      }
    } catch (IOException e) {
      totals.addError("the " + name + " process: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** On SIGINT or SIGTERM, and at the end of any other run, which it does not hold up. */
  private void endEarly(CountDownLatch over) {
    totals.stop();
    try {
      if (!over.await(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        say("the run did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void say(String text) {
    System.err.println("soak: " + text);
  }
}
