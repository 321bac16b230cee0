package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were taken on. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String MODEL_KEY = "model name";

  private Machine() {}

  /** Describes this machine and its Java; fields that the system does not tell are left out. */
  static JsonObject describe() {
    JsonObject json = new JsonObject();
    json.addProperty("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    json.addProperty("arch", System.getProperty("os.arch"));
    json.addProperty("cpus", Runtime.getRuntime().availableProcessors());
    if (Files.isReadable(CPU_INFO)) {
      try (var lines = Files.lines(CPU_INFO)) {
        lines
            .filter(line -> line.startsWith(MODEL_KEY))
            .findFirst()
            .ifPresent(line -> json.addProperty("cpu", line.replaceFirst("[^:]*:\\s*", "")));
      } catch (IOException e) {
        json.addProperty("cpu", "not readable: " + e.getMessage());
      }
    }
    json.addProperty("java", Runtime.version().toString());
    json.addProperty("vm", System.getProperty("java.vm.name"));
    return json;
  }
}
