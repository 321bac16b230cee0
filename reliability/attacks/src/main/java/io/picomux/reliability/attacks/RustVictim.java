package io.picomux.reliability.attacks;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A Rust peer of the module interop, with one version of the crate. It listens until it is closed.
 * Safe for concurrent use.
 */
public final class RustVictim implements Victim {
  /** What the peer says when it listens, before its port. */
  private static final String LISTENING = "listening ";

  private final String version;
  private final ChildProcess process;
  private final int port;
  private final Map<String, Integer> endings = new TreeMap<>();

  private RustVictim(String version, ChildProcess process, int port) {
    this.version = version;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a peer and waits until it listens.
   *
   * @param version of the crate, such as {@code 0.3.3}
   * @param programs where the peers were built
   */
  public static RustVictim start(String version, Path programs) throws IOException {
    Path program = programs.resolve("peer-" + version.replace('.', '-'));
    if (!Files.isExecutable(program)) {
      throw new IOException(program + " is missing; build it with interop/build-peers");
    }
    ChildProcess process =
        ChildProcess.start(List.of(program.toString(), "listen", "--supervised"));
    try {
      String line = process.nextLine();
      if (!line.startsWith(LISTENING)) {
        throw new IOException("instead of its port the peer said: " + line);
      }
      return new RustVictim(version, process, Integer.parseInt(line.substring(LISTENING.length())));
    } catch (IOException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "rust-" + version;
  }

  @Override
  public InetSocketAddress muxAddress() {
    return Victim.loopback(port);
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns how often sessions have ended for which reason, as far as the peer has said so. */
  @Override
  public synchronized Map<String, Integer> takeEndings() throws IOException {
    String line;
    while ((line = process.poll(0)) != null) {
      String end = JsonParser.parseString(line).getAsJsonObject().get("end").getAsString();
      endings.merge(end, 1, Integer::sum);
    }
    Map<String, Integer> taken = new TreeMap<>(endings);
    endings.clear();
    return taken;
  }

  @Override
  public void close() {
    process.close();
  }
}
