package io.picomux.reliability.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The class path of the tests with each folder packed into an archive, as users have the library:
 * an archive stays open, while a class in a folder costs a descriptor when it is loaded, and one
 * that could not be loaded for want of it is missing for good.
 */
final class PackedClassPath implements AutoCloseable {
  private final Path folder;
  private final String classPath;

  PackedClassPath() throws IOException {
    folder = Files.createTempDirectory("picomux-packed");
    ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
    List<String> entries = new ArrayList<>();
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : all.split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        String packed = folder.resolve(entries.size() + ".jar").toString();
        int exit = jar.run(System.out, System.err, "-c", "-f", packed, "-C", entry, ".");
        if (exit != 0) {
          throw new IOException("jar cannot pack " + entry + ": " + exit);
        }
        entries.add(packed);
      } else {
        entries.add(entry);
      }
    }
    classPath = String.join(File.pathSeparator, entries);
  }

  /** Returns the class path. */
  String value() {
    return classPath;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
