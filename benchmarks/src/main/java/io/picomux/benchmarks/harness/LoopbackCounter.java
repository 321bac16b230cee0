package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What has crossed a loopback interface since it is there, as Linux counts it. Immutable. */
final class LoopbackCounter {

  /** The counter that this process sees. */
  static final LoopbackCounter OF_LINUX = new LoopbackCounter(Path.of("/proc/net/dev"));

  /** The name of the interface in the file; the bytes that it has received come next. */
  private static final String NAME = "lo:";

  private final Path devices;

  LoopbackCounter(Path devices) {
    this.devices = devices;
  }

  /** Returns the counter of the network namespace in which a process runs. */
  static LoopbackCounter of(ProcessHandle process) {
    return new LoopbackCounter(Path.of("/proc", Long.toString(process.pid()), "net", "dev"));
  }

  /** Returns whether the system has such a counter. */
  boolean isThere() {
    return Files.isReadable(devices);
  }

  /** Returns the bytes of all packets with their headers, each counted once. */
  long bytes() throws IOException {
    return bytes(Files.readAllLines(devices));
  }

  /** Returns the figure in the lines of {@code /proc/net/dev}. */
  static long bytes(List<String> lines) throws IOException {
    for (String line : lines) {
      String words = line.strip();
      if (words.startsWith(NAME)) {
        String received = words.substring(NAME.length()).strip().split("\\s+", 2)[0];
        try {
          return Long.parseLong(received);
        } catch (NumberFormatException e) {
          throw new IOException("the loopback interface has the counters '" + words + "'", e);
        }
      }
    }
    throw new IOException("the system counts nothing of a loopback interface");
  }
}
