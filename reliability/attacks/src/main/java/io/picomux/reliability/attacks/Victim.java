package io.picomux.reliability.attacks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * A process under attack. It serves picomux sessions on a loopback port and does with each stream
 * what its metadata says; see {@link io.picomux.reliability.attacks.victim.VictimProgram}. Safe for
 * concurrent use. Closing it ends the process.
 */
public interface Victim extends AutoCloseable {
  /** Returns what the table calls it. */
  String name();

  /** Returns where it serves sessions. */
  InetSocketAddress muxAddress();

  /** Returns its process. */
  long pid();

  /** Returns whether the process still runs. */
  boolean isAlive();

  /** Returns how often sessions have ended for which reason since the last call. */
  Map<String, Integer> takeEndings() throws IOException;

  /** Returns what the operating system tells of the process. */
  default ProcessFigures process() throws IOException {
    return ProcessFigures.of(pid());
  }

  @Override
  void close();

  /** Returns a port of this machine as an address. */
  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
