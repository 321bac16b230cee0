package io.picomux.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A running peer: its standard output line by line, its standard input as a control channel.
 *
 * <p>Safe for concurrent use. Closing it ends the process at once.
 */
final class PeerProcess implements AutoCloseable {

  /**
   * How long a line of output may take, in seconds: above the time limit of one check of the peer,
   * so that its own report comes first.
   */
  private static final long LINE_LIMIT_SECONDS = 150;

  /** What the peer says when it listens, before its port. */
  private static final String LISTENING = "listening ";

  /** Stands for the end of the output in the queue of lines; no line is empty. */
  private static final String END = "";

  private final Process process;
  private final Writer control;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private volatile int port = -1;

  private PeerProcess(Process process) {
    this.process = process;
    this.control = new OutputStreamWriter(process.getOutputStream(), UTF_8);
  }

  static PeerProcess start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    PeerProcess peer = new PeerProcess(process);
    Thread.ofVirtual().name(command.getFirst()).start(peer::readLines);
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

  /** Waits for the line that tells the port. */
  void awaitPort() throws IOException {
    String line = nextLine();
    if (!line.startsWith(LISTENING)) {
      throw new IOException("instead of its port the peer said: " + line);
    }
    port = Integer.parseInt(line.substring(LISTENING.length()));
  }

  /** The port on loopback at which the peer listens. */
  int port() {
    if (port < 0) {
      throw new IllegalStateException("this peer does not listen, or was not waited for");
    }
    return port;
  }

  /** The next line of output. */
  String nextLine() throws IOException {
    String line;
    try {
      line = lines.poll(LINE_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a line of the peer", e);
    }
    if (line == null) {
      throw new IOException("the peer was silent for " + LINE_LIMIT_SECONDS + " s");
    }
    if (line.equals(END)) {
      lines.add(END);
      throw new IOException("the output of the peer has ended");
    }
    return line;
  }

  /** The report on the next session that ends. */
  SessionReport nextReport() throws IOException {
    String line = nextLine();
    JsonObject json = JsonParser.parseString(line).getAsJsonObject();
    return new SessionReport(json.get("ok").getAsBoolean(), json, line);
  }

  /** Lets a peer that was started with {@code --accept-gate} accept streams. */
  void letAccept() throws IOException {
    say("accept");
  }

  /** Tells the peer to end its sessions and itself. */
  void quit() throws IOException {
    say("quit");
  }

  private void say(String word) throws IOException {
    control.write(word + "\n");
    control.flush();
  }

  /** Waits for the end of the process and answers its exit code. */
  int awaitExit() throws IOException {
    try {
      if (!process.waitFor(LINE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the peer did not end within " + LINE_LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the end of the peer", e);
    }
    return process.exitValue();
  }

  /** Stops the process where it is: its connections stay open, it says and hears nothing more. */
  void freeze() throws IOException {
    Process signal =
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).inheritIO().start();
    try {
      int exitCode = signal.waitFor();
      if (exitCode != 0) {
        throw new IOException("kill -STOP ended with exit code " + exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the peer was stopped", e);
    }
  }

  /** Ends the process as a crash would: nothing is flushed, nothing closed. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }

  /**
   * What a peer reports at the end of a session.
   *
   * @param ok whether all checks passed and the session did not end by a violation
   * @param json the whole report
   * @param line the same as one line, for messages
   */
  record SessionReport(boolean ok, JsonObject json, String line) {

    /** The cause of the session's end, as the peer saw it. */
    String end() {
      return json.get("end").getAsString();
    }

    @Override
    public String toString() {
      return line;
    }
  }
}
