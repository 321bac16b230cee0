package io.picomux.reliability.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A child process whose output is read line by line. Safe for concurrent use. */
final class ChildProcess implements AutoCloseable {
  /** How long a line or an end is waited for: far longer than any machine needs. */
  private static final long PATIENCE_SECONDS = 60;

  /** Stands behind the last line; no program prints it. */
  private static final String END = "\u0000end";

  private final Process process;
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();

  private ChildProcess(Process process) {
    this.process = process;
    Thread.ofVirtual().start(() -> readLines(process.inputReader(UTF_8)));
  }

  /** Starts a command; both of its outputs are read as one. */
  static ChildProcess start(List<String> command) throws IOException {
    return new ChildProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Starts a command that may have so many descriptors open. */
  static ChildProcess withDescriptors(int descriptors, List<String> command) throws IOException {
    List<String> limited = new ArrayList<>();
    limited.addAll(List.of("bash", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
    limited.addAll(command);
    return start(limited);
  }

  /** Returns the command that runs a class in a JVM like this one. */
  static List<String> java(Class<?> main, List<String> options, String... arguments) {
    return java(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        main,
        options,
        arguments);
  }

  /** Returns the command that runs a class of a class path in a JVM like this one. */
  static List<String> java(
      String classPath, Class<?> main, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private void readLines(BufferedReader output) {
    try (output) {
      output
          .lines()
          .forEach(line -> {
            seen.add(line);
            unread.add(line);
          });
    } catch (UncheckedIOException | IOException e) {
      seen.add("output broke off: " + e);
    } finally {
      unread.add(END);
    }
  }

  /** Waits for a line that {@code regex} is found in, skipping others. */
  Matcher awaitLine(String regex) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    while (true) {
      String line = unread.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.equals(END)) {
        throw new AssertionError("no line with '" + regex + "' in:\n" + output());
      }
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** Waits until {@code regex} is found in some line, be it one that was skipped. */
  void awaitSeen(String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
    Waiting.until(() -> pattern.matcher(output()).find());
  }

  /** Returns how many descriptors the process has open. */
  long descriptors() {
    try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number that stands behind a word at the beginning of a line to come. */
  int awaitNumber(String word) throws InterruptedException {
    return Integer.parseInt(awaitLine("^" + word + " (\\d+)$").group(1));
  }

  /** Sends a signal, such as {@code STOP}, and returns when the system has taken it. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /** Ends the standard input, which asks a peer to end. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Waits for the end of the process and returns its exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + PATIENCE_SECONDS + " s:\n" + output());
    }
    return process.exitValue();
  }

  /** Returns what has been printed so far. */
  String output() {
    synchronized (seen) {
      return String.join("\n", seen);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
