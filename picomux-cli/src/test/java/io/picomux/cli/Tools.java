package io.picomux.cli;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs that tests use as clients. One that is missing skips the test, with its name; where
 * every test is to run, which {@code CI=true} says, it fails the test.
 */
final class Tools {

  private Tools() {}

  static String curl() {
    return require(find("curl"), "curl");
  }

  static String chromium() {
    String found = find("chromium");
    found = found == null ? find("chromium-browser") : found;
    found = found == null ? find("google-chrome") : found;
    return require(found, "Chromium");
  }

  /** A Python that has PySocks: the build names it in PICOMUX_TEST_PYTHON. */
  static String pythonWithPySocks() {
    String python = System.getenv("PICOMUX_TEST_PYTHON");
    boolean usable = python != null && Files.isExecutable(Path.of(python));
    return require(usable ? python : null, "a Python with PySocks (PICOMUX_TEST_PYTHON)");
  }

  private static @Nullable String find(String program) {
    String path = System.getenv("PATH");
    for (String folder :
        path == null ? List.<String>of() : List.of(path.split(File.pathSeparator))) {
      Path candidate = Path.of(folder, program);
      if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
        return candidate.toString();
      }
    }
    return null;
  }

  private static String require(@Nullable String found, String what) {
    if (found != null) {
      return found;
    }
    String message = what + " is missing; scripts/setup-test-tools installs it";
    return "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
  }
}
