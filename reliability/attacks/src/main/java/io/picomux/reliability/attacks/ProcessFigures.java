package io.picomux.reliability.attacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What Linux tells of a process in {@code /proc}. Immutable.
 *
 * @param residentBytes memory that lies in RAM
 * @param maxResidentBytes the most of it so far
 * @param threads threads of the operating system
 * @param descriptors open file descriptors
 * @param cpuNanos processor time used
 */
public record ProcessFigures(
    long residentBytes, long maxResidentBytes, int threads, int descriptors, long cpuNanos) {

  /**
   * Measures a process.
   *
   * @throws IOException when it is gone, or the system has no {@code /proc}
   */
  public static ProcessFigures of(long pid) throws IOException {
    Path folder = Path.of("/proc", Long.toString(pid));
    String status = Files.readString(folder.resolve("status"));
    long cpuNanos =
        ProcessHandle.of(pid)
            .flatMap(handle -> handle.info().totalCpuDuration())
            .map(Duration::toNanos)
            .orElse(0L);
    try (Stream<Path> descriptors = Files.list(folder.resolve("fd"))) {
      return new ProcessFigures(
          kibibytes(status, "VmRSS:") << 10,
          kibibytes(status, "VmHWM:") << 10,
          (int) number(status, "Threads:"),
          (int) descriptors.count(),
          cpuNanos);
    }
  }

  private static long kibibytes(String status, String key) throws IOException {
    return number(status, key);
  }

  private static long number(String status, String key) throws IOException {
    String line =
        status
            .lines()
            .filter(each -> each.startsWith(key))
            .findFirst()
            .orElseThrow(() -> new IOException("the status of the process has no " + key));
    return Long.parseLong(line.substring(key.length()).replace("kB", "").strip());
  }
}
