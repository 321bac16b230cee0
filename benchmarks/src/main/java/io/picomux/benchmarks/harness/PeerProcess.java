package io.picomux.benchmarks.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A running peer and the lines it prints. Its error output goes to ours. Closing it ends it, and so
 * does the end of this process.
 */
final class PeerProcess implements AutoCloseable {

  /** Stands for the end of the output in the queue; a line of a peer is never empty. */
  private static final String END = "";

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(PeerProcess::endAll, "benchmark-peers-end"));
  }

  /** Whether this process ends, so that what is started now is not left behind. */
  private static volatile boolean isEnding;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private PeerProcess(Process process) {
    this.process = process;
  }

  static PeerProcess start(List<String> command) throws IOException {
    PeerProcess peer = startTied(command);
    RUNNING.add(peer.process);
    if (isEnding) {
      peer.process.destroyForcibly();
    }
    return peer;
  }

  private static void endAll() {
    isEnding = true;
    RUNNING.forEach(Process::destroyForcibly);
  }

  /**
   * Starts a program that ends by itself at the end of its input, and so when this process does.
   */
  static PeerProcess startTied(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    PeerProcess peer = new PeerProcess(process);
    Thread.ofVirtual().name("benchmark-peer-output").start(peer::readLines);
    return peer;
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      // The process was ended while it was read: its output ends here.
    }
    lines.add(END);
  }

  /** Returns the next line of output. */
  String nextLine(long limitSeconds) throws IOException, InterruptedException {
    String line = lines.poll(limitSeconds, TimeUnit.SECONDS);
    if (line == null) {
      throw new IOException("the peer said nothing for " + limitSeconds + " s");
    }
    if (line.equals(END)) {
      throw new IOException("the peer ended with code " + awaitExit(limitSeconds));
    }
    return line;
  }

  /** Ends the input of the process and lets it end by itself, by force only after a limit. */
  void end(long limitSeconds) {
    try {
      process.getOutputStream().close();
      int unused = awaitExit(limitSeconds);
    } catch (IOException e) {
      // Whatever kept it, it is ended now.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  void say(String line) throws IOException {
    Writer input = process.outputWriter(UTF_8);
    input.write(line + "\n");
    input.flush();
  }

  /** Waits for the end; returns the exit code. */
  int awaitExit(long limitSeconds) throws IOException, InterruptedException {
    if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
      throw new IOException("the peer did not end within " + limitSeconds + " s");
    }
    return process.exitValue();
  }

  /** Waits for the end; returns whether it came in time. */
  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends it by force, which ends stopped processes too, and waits until it is gone. */
  void endNow() {
    close();
    Process unused = process.onExit().join();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    RUNNING.remove(process);
  }
}
