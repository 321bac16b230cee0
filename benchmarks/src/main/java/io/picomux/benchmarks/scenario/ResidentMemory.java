package io.picomux.benchmarks.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The memory of a process that lies in RAM, as Linux tells it. */
public final class ResidentMemory {
  private static final String KEY = "VmRSS:";
  private static final String UNIT = " kB";

  private ResidentMemory() {}

  /**
   * Returns the resident memory of a process in KiB.
   *
   * @throws IOException when the system has no {@code /proc} or no such process
   */
  public static long ofProcess(long pid) throws IOException {
    try {
      return ofStatus(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
    } catch (NoSuchFileException e) {
      throw new IOException("the memory of process " + pid + " is only told by Linux", e);
    }
  }

  /** Returns the figure in the lines of {@code /proc/PID/status}. */
  static long ofStatus(List<String> lines) throws IOException {
    for (String line : lines) {
      if (line.startsWith(KEY) && line.endsWith(UNIT)) {
        String number = line.substring(KEY.length(), line.length() - UNIT.length());
        return Long.parseLong(number.strip());
      }
    }
    throw new IOException("the status of the process has no " + KEY);
  }
}
