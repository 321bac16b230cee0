package io.picomux.reliability.attacks;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.picomux.core.CoreStats;
import io.picomux.core.MuxLimits;
import io.picomux.reliability.attacks.victim.Ending;
import io.picomux.reliability.attacks.victim.Figures;
import io.picomux.reliability.attacks.victim.Started;
import io.picomux.reliability.attacks.victim.VictimProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own with a {@link VictimProgram}. Safe for concurrent use; one question is answered
 * at a time.
 */
public final class JavaVictim implements Victim {
  /**
   * Little memory, and a collector after which the heap in use is what is live: by itself it leaves
   * up to a twentieth of dead objects where they are.
   */
  public static final List<String> JVM_ARGUMENTS =
      List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0");

  /** How long a session may take to end after what ends it: far longer than any machine needs. */
  private static final long END_LIMIT_MILLIS = 20_000;

  private static final Gson GSON = new Gson();

  private final ChildProcess process;
  private final Started started;

  private JavaVictim(ChildProcess process, Started started) {
    this.process = process;
    this.started = started;
  }

  /** Starts a process with every limit at its default, see {@link #start(int)}. */
  public static JavaVictim start() throws IOException {
    return start(MuxLimits.DEFAULT.maxStreamOpensPerSecond());
  }

  /**
   * Starts the process on the class path of this one and waits until it listens.
   *
   * @param opensPerSecond its {@link MuxLimits#maxStreamOpensPerSecond()}
   */
  static JavaVictim start(int opensPerSecond) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_ARGUMENTS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(VictimProgram.class.getName(), Integer.toString(opensPerSecond)));
    ChildProcess process = ChildProcess.start(command);
    try {
      return new JavaVictim(process, GSON.fromJson(process.nextLine(), Started.class));
    } catch (IOException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public InetSocketAddress muxAddress() {
    return Victim.loopback(started.muxPort());
  }

  /** Returns where a plain TCP sink in the same process discards all it gets. */
  public InetSocketAddress sinkAddress() {
    return Victim.loopback(started.sinkPort());
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns how its JVM was started and what it collects garbage with. */
  public String flags() {
    return String.join(" ", started.jvmArguments()) + " " + started.collectors();
  }

  /** Makes the process collect its garbage and measure itself. */
  public Figures measure() throws IOException {
    return ask("measure", Figures.class);
  }

  /**
   * Waits for the end of the session whose peer has a local port.
   *
   * @throws IOException when it does not end within 20 seconds
   */
  public Ending awaitEnding(int peerPort) throws IOException {
    Ending ending = endingWithin(peerPort, END_LIMIT_MILLIS);
    if (ending == null) {
      throw new IOException(
          "the session with port " + peerPort + " did not end in " + END_LIMIT_MILLIS + " ms");
    }
    return ending;
  }

  /** Returns how the session with a peer's port ended, or null when it does not within a time. */
  public @Nullable Ending endingWithin(int peerPort, long millis) throws IOException {
    return GSON.fromJson(answer("end " + peerPort + " " + millis), Ending.class);
  }

  @Override
  public Map<String, Integer> takeEndings() throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    for (Map.Entry<String, JsonElement> each : answer("counts").getAsJsonObject().entrySet()) {
      counts.put(each.getKey(), each.getValue().getAsInt());
    }
    return counts;
  }

  /** Returns the figures of the session with a peer's port, or null when it is over. */
  public @Nullable CoreStats session(int peerPort) throws IOException {
    return GSON.fromJson(answer("session " + peerPort), CoreStats.class);
  }

  /**
   * Lets the victim send a PING on the session with a peer's port.
   *
   * @return the round trip in microseconds, or what went wrong
   */
  public String ping(int peerPort, long millis) throws IOException {
    return answer("ping " + peerPort + " " + millis).getAsString();
  }

  /** Returns how many lines the process has logged. */
  public long loggedLines() {
    return process.errorLines();
  }

  /** Returns the last lines that the process has logged. */
  public List<String> lastLoggedLines() {
    return process.lastErrors();
  }

  private <T> T ask(String question, Class<T> type) throws IOException {
    return GSON.fromJson(answer(question), type);
  }

  private synchronized JsonElement answer(String question) throws IOException {
    process.say(question);
    return JsonParser.parseString(process.nextLine());
  }

  @Override
  public void close() {
    process.close();
  }
}
