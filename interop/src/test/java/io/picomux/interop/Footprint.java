package io.picomux.interop;

import io.picomux.PicoMux;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What sessions hold in this process.
 *
 * @param liveSessions sessions that are not over
 * @param libraryThreads names of the platform threads of the library
 * @param descriptors what the descriptors of the process stand for
 */
record Footprint(long liveSessions, List<String> libraryThreads, List<String> descriptors) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static final String THREAD_PREFIX = "picomux-";

  /** No thread takes longer to end unless it never does. */
  private static final long THREAD_END_MILLIS = 30_000;

  /** The footprint once the library's own threads, which end by themselves, have ended. */
  static Footprint withoutSessions() throws IOException {
    List<String> stuck = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(THREAD_PREFIX)) {
        try {
          thread.join(THREAD_END_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while threads of the library ended", e);
        }
        if (thread.isAlive()) {
          stuck.add(thread.getName());
        }
      }
    }
    return new Footprint(PicoMux.processStats().sessionsLive(), stuck, descriptorsNow());
  }

  /** The descriptors that an earlier footprint does not have. */
  List<String> descriptorsBeyond(Footprint earlier) {
    List<String> beyond = new ArrayList<>(descriptors);
    earlier.descriptors.forEach(beyond::remove);
    return beyond;
  }

  private static List<String> descriptorsNow() throws IOException {
    List<String> targets = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path entry : entries) {
        // The descriptor that lists the directory is one of them, each time.
        targets.add(Files.isSymbolicLink(entry) ? kind(entry) : "gone");
      }
    }
    targets.sort(null);
    return targets;
  }

  private static String kind(Path entry) throws IOException {
    String target = Files.readSymbolicLink(entry).toString();
    return target.startsWith("socket:") || target.startsWith("pipe:")
        ? target.substring(0, target.indexOf(':'))
        : target;
  }
}
