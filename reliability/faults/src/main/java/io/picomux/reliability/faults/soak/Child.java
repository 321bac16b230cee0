package io.picomux.reliability.faults.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A child process of the soak. It ends when its input does, which the end of this process brings
 * too.
 */
final class Child implements AutoCloseable {
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final Process process;
  private final Thread reader;

  private Child(Process process, Consumer<Message> listener) {
    this.process = process;
    this.reader = Thread.ofVirtual().name("soak-child-output").unstarted(() -> readLines(listener));
  }

  /** Starts this program with other arguments in a JVM with a heap of {@code heapMegabytes}. */
  static Child start(
      int heapMegabytes, Path errors, List<String> arguments, Consumer<Message> listener)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      // Ctrl-C reaches the soak only, which then ends its processes in order.
      command.add(SETSID.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0"));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-Djdk.trackAllThreads=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SoakProgram.class.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
            .start();
    Child child = new Child(process, listener);
    child.reader.start();
    return child;
  }

  private void readLines(Consumer<Message> listener) {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().filter(line -> !line.isEmpty()).map(Message::of).forEach(listener);
    } catch (UncheckedIOException | IOException e) {
      listener.accept(Message.error("the output of a process cannot be read: " + e));
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Lets the process end in order; returns its exit code. */
  int end(long limitSeconds) throws IOException, InterruptedException {
    process.outputWriter(UTF_8).close();
    if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
      throw new IOException("a process did not end within " + limitSeconds + " s of being told to");
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
