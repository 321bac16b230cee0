package io.picomux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A program in a process of its own, whose output can be waited for. It ends with the test. */
final class RunningProgram implements AutoCloseable {

  private static final long LIMIT_SECONDS = 120;

  /** Stands in the queue behind the last line; no program prints it. */
  private static final String END = "\u0000end";

  private final Process process;
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
  private final Thread reader;

  private RunningProgram(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::readAll);
  }

  /** Starts {@code command}; both of its output streams are read as one. */
  static RunningProgram start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new RunningProgram(process);
  }

  /** Starts the command picomux of this build. */
  static RunningProgram picomux(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return start(command);
  }

  /**
   * Waits for a line that {@code regex} is found in, skipping others.
   *
   * @return the match
   */
  Matcher awaitLine(String regex) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    while (true) {
      String line = unread.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.equals(END)) {
        throw new AssertionError("no line with '" + regex + "' in:\n" + output());
      }
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** Waits for the end of the program and returns its exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  /** Sends SIGINT, as Ctrl-C does. */
  void interrupt() throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill failed");
    }
  }

  /** What has been printed so far. */
  String output() {
    synchronized (seen) {
      return String.join("\n", seen);
    }
  }

  /** Ends the program, and waits for that. */
  void end() {
    process.destroy();
    try {
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    end();
  }

  private void readAll() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        seen.add(line);
        unread.add(line);
      }
    } catch (IOException e) {
      seen.add("the output ended: " + e);
    } finally {
      unread.add(END);
    }
  }
}
