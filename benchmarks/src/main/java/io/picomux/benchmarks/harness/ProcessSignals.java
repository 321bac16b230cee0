package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Stops processes and lets them go on, by the signals of Unix. A shell sends them, for Java cannot.
 * When this process ends in whatever way, the shell kills them: a stopped process notices nothing
 * and would stay for ever. Closing it leaves them as they are. Not thread-safe.
 */
final class ProcessSignals implements AutoCloseable {

  /**
   * Sends each signal that it reads to its arguments and prints whether that worked. Control-C goes
   * to all processes of a terminal; the shell lives on until its input ends.
   */
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      while read -r signal; do
        if [ "$signal" = end ]; then exit 0; fi
        kill -s "$signal" "$@" 2>/dev/null
        echo "$?"
      done
      kill -s KILL "$@" 2>/dev/null
      """;

  private static final String WORKED = "0";

  /** How long the shell may take for a signal; it only waits for a processor. */
  private static final long LIMIT_SECONDS = 20;

  private final PeerProcess shell;

  private ProcessSignals(PeerProcess shell) {
    this.shell = shell;
  }

  /** Begins to look after processes, which run on. */
  static ProcessSignals of(List<ProcessHandle> processes) throws IOException {
    return new ProcessSignals(PeerProcess.startTied(command(processes)));
  }

  /** Returns the command of the shell, which is told signals, or {@code end}. */
  static List<String> command(List<ProcessHandle> processes) {
    Stream<String> pids = processes.stream().map(process -> Long.toString(process.pid()));
    List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "benchmark-signals"));
    command.addAll(pids.toList());
    return command;
  }

  /** Stops all of them. */
  void stop() throws IOException, InterruptedException {
    send("STOP");
  }

  /** Lets all of them go on. */
  void goOn() throws IOException, InterruptedException {
    send("CONT");
  }

  private void send(String signal) throws IOException, InterruptedException {
    shell.say(signal);
    if (!shell.nextLine(LIMIT_SECONDS).equals(WORKED)) {
      throw new IOException("a process that was to get the signal " + signal + " is gone");
    }
  }

  @Override
  public void close() {
    try {
      shell.say("end");
    } catch (IOException e) {
      // The shell is gone already.
    }
    shell.end(LIMIT_SECONDS);
  }
}
