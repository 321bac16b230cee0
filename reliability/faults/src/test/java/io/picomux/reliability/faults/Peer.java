package io.picomux.reliability.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of {@link PeerProgram}, to be stopped, continued and killed. */
final class Peer implements AutoCloseable {
  private static final long LINE_LIMIT_SECONDS = 60;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Peer(Process process) {
    this.process = process;
  }

  /** Starts a peer whose standard output is lines for {@link #nextLine}. */
  static Peer start(String... arguments) throws IOException {
    Peer peer = new Peer(process(arguments));
    Thread.ofVirtual().name("peer-output").start(peer::readLines);
    return peer;
  }

  /** Starts a peer whose standard streams belong to the caller. */
  static Process process(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PeerProgram.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("the output of the peer failed: " + e);
    }
  }

  /** Takes the next line that begins like this, passing over others, and returns the rest of it. */
  String nextLine(String beginning) throws InterruptedException {
    String line;
    do {
      line = lines.poll(LINE_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("the peer said no line that begins with '" + beginning + "'");
      }
    } while (!line.startsWith(beginning));
    return line.substring(beginning.length());
  }

  /** Forgets what the process has said so far. */
  void forgetLines() {
    lines.clear();
  }

  /** Takes the line with the port of a server. */
  InetSocketAddress address() throws InterruptedException {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(nextLine("port ")));
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Stops the process, as a sleeping machine or a long collection does. */
  void suspend() throws IOException, InterruptedException {
    signal("STOP");
  }

  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IOException("kill -" + name + " ended with code " + code);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
