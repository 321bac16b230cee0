package io.picomux.reliability.attacks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A process whose standard input and output are its control channel, line by line. Safe for
 * concurrent use. Closing it ends it, and so does the end of this process.
 */
final class ChildProcess implements AutoCloseable {
  /** How long a line may take: far longer than any machine needs. */
  private static final long LINE_LIMIT_SECONDS = 60;

  /** Lines of the error output that are kept. */
  private static final int KEPT_ERROR_LINES = 20;

  /** Stands for the end of the output in the queue; no line of a victim is empty. */
  private static final String END = "";

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "victims-end"));
  }

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final ArrayDeque<String> errors = new ArrayDeque<>();
  private final AtomicLong errorLines = new AtomicLong();

  private ChildProcess(Process process) {
    this.process = process;
  }

  static ChildProcess start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    RUNNING.add(process);
    ChildProcess child = new ChildProcess(process);
    Thread.ofVirtual().name("victim-output").start(child::readLines);
    Thread.ofVirtual().name("victim-errors").start(child::readErrors);
    return child;
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      // The process was ended while it was read: its output ends here.
    }
    lines.add(END);
  }

  private void readErrors() {
    try (BufferedReader output = process.errorReader(UTF_8)) {
      output.lines().forEach(this::keep);
    } catch (IOException | UncheckedIOException e) {
      // As above.
      return;
    }
  }

  private void keep(String line) {
    errorLines.incrementAndGet();
    synchronized (errors) {
      errors.add(line);
      if (errors.size() > KEPT_ERROR_LINES) {
        errors.remove();
      }
    }
  }

  /** Returns the next line of output, waiting for it. */
  String nextLine() throws IOException {
    String line = poll(LINE_LIMIT_SECONDS * 1000);
    if (line == null) {
      throw new IOException("the victim said nothing for " + LINE_LIMIT_SECONDS + " s");
    }
    return line;
  }

  /** Returns the next line of output, or null when none comes in time. */
  @Nullable String poll(long millis) throws IOException {
    String line;
    try {
      line = lines.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a line of the victim", e);
    }
    if (line != null && line.equals(END)) {
      lines.add(END);
      throw new IOException("the victim has ended; its last errors: " + lastErrors());
    }
    return line;
  }

  void say(String line) throws IOException {
    Writer input = process.outputWriter(UTF_8);
    input.write(line + "\n");
    input.flush();
  }

  /** Returns how many lines the process has written to its error output. */
  long errorLines() {
    return errorLines.get();
  }

  /** Returns the last lines of its error output. */
  List<String> lastErrors() {
    synchronized (errors) {
      return List.copyOf(errors);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    RUNNING.remove(process);
  }
}
