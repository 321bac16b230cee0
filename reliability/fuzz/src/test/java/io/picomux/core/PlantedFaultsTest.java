package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.reliability.planted.PlantedFault;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fuzz target finds a fault that is planted into what it feeds: the fuzzer comes to an input
 * that shows it, which no seed does, and the input repeats it as a seed would in an ordinary test
 * run, while the product without the fault passes.
 */
class PlantedFaultsTest {
  private static final Path FOLDER = Path.of("target", "planted");

  /** Inputs within which a fault must be found; half of that is enough, by what was seen. */
  private static final int MOST_RUNS = 200_000;

  /** What Jazzer's process ends with after a finding. */
  private static final int FOUND = 77;

  private static final Pattern RUNS = Pattern.compile("stat::number_of_executed_units: +([0-9]+)");

  /** A line of the table that {@code scripts/fuzz} reads. */
  private record Target(String className, String longestBytes, List<String> options) {
    static Target of(TargetFault fault) throws IOException {
      String name = fault.name().toLowerCase(Locale.ROOT) + " ";
      String line =
          Files.readAllLines(Path.of("targets")).stream()
              .filter(each -> each.startsWith(name))
              .findFirst()
              .orElseThrow();
      List<String> fields = List.of(line.split(" ", -1));
      return new Target(fields.get(1), fields.get(2), fields.subList(3, fields.size()));
    }

    Path seeds() {
      return Path.of("src/test/resources", className.replace('.', '/') + "Inputs", "fuzz");
    }
  }

  /** Those that the fuzzer finds within seconds; all with {@code -Dpicomux.planted=all}. */
  static Stream<TargetFault> faults() {
    boolean all = System.getProperty("picomux.planted", "").equals("all");
    return Arrays.stream(TargetFault.values()).filter(fault -> all || fault.isFoundSoon());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isFoundByTheFuzzerAndRepeatedByItsInput(TargetFault fault) throws Exception {
    Target target = Target.of(fault);
    Path folder = FOLDER.resolve(fault.name().toLowerCase(Locale.ROOT)).toAbsolutePath();
    fault.plantIn(folder);
    try (URLClassLoader broken = TargetFault.loader(folder);
        Stream<Path> seeds = Files.list(target.seeds())) {
      for (Path seed : (Iterable<Path>) seeds::iterator) {
        run(broken, target, Files.readAllBytes(seed));
      }
      byte[] found = Files.readAllBytes(fuzz(fault, target, folder));
      assertThatThrownBy(() -> run(broken, target, found)).isInstanceOf(AssertionError.class);
      run(PlantedFaultsTest.class.getClassLoader(), target, found);
    }
  }

  /** Calls the target as an ordinary test run does. */
  private static void run(ClassLoader loader, Target target, byte[] input) throws Exception {
    Class<?> type = Class.forName(target.className, true, loader);
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method method = type.getDeclaredMethod("fuzz", byte[].class);
    method.setAccessible(true);
    try {
      method.invoke(constructor.newInstance(), (Object) input);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Fuzzes the product with the fault in a process of its own; returns the input that shows it. */
  private static Path fuzz(TargetFault fault, Target target, Path folder) throws Exception {
    Path log = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(PlantedFault.classPathBehind(folder));
    command.addAll(List.of("com.code_intelligence.jazzer.Jazzer", "-seed=1"));
    command.add("--target_class=" + target.className);
    command.addAll(target.options);
    // The runs are the limit, not the fuzzer's own five minutes.
    command.addAll(
        List.of("-max_total_time=3600", "-runs=" + MOST_RUNS, "-max_len=" + target.longestBytes));
    command.addAll(List.of("-print_final_stats=1", "-artifact_prefix=" + folder + "/"));
    command.add(Files.createDirectory(folder.resolve("corpus")).toString());
    command.add(target.seeds().toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int code = process.waitFor();
    Matcher runs = RUNS.matcher(Files.readString(log));
    System.out.printf(
        "PlantedFaultsTest: %s after %s runs%n", fault, runs.find() ? runs.group(1) : "?");
    assertThat(code).as("the fuzzer's exit code, see %s", log).isEqualTo(FOUND);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("crash-"))
          .findFirst()
          .orElseThrow();
    }
  }
}
