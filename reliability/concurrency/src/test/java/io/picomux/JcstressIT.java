package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs the stress tests of jcstress, which need JVMs of their own. {@code
 * -Dpicomux.jcstress.factor} makes a run longer; its report is in {@code target/jcstress}.
 */
class JcstressIT {
  private static final Path FOLDER = Path.of("target", "jcstress").toAbsolutePath();
  private static final String PLANTED = "StressOfPlantedRaces";

  /** One iteration of each test; chosen by judgement: a dozen tests take half a minute. */
  private static final int ITERATION_MILLIS = 400;

  private static final int FACTOR = Integer.getInteger("picomux.jcstress.factor", 1);

  @Test
  void noForbiddenOutcomeIsSeen() throws Exception {
    assertThat(run("passed", "io\\.picomux\\.(?!" + PLANTED + ").*", 2 * FACTOR)).isZero();
  }

  @Test
  void everyPlantedRaceIsSeen() throws Exception {
    assertThat(run("planted", PLANTED, 2)).isOne();
    assertThat(Files.readString(FOLDER.resolve("planted.log")))
        .contains("2 matching test results", "RoleWithoutNote", "MarkClearedAfterTheLook");
  }

  /** Runs the tests that match; returns the exit code, 1 when a forbidden outcome was seen. */
  private static int run(String name, String tests, int iterations)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(FOLDER.resolve(name));
    Path log = FOLDER.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main"));
    command.addAll(List.of("-t", tests, "-r", folder.toString()));
    command.addAll(List.of("-f", "1", "-iters", String.valueOf(iterations)));
    command.addAll(List.of("-time", String.valueOf(ITERATION_MILLIS)));
    // One kind of JVM on two cores, wherever the system puts them.
    command.addAll(List.of("-c", "2", "-sc", "false", "-af", "NONE", "-jvmArgs", "-Xmx256m"));
    int code =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    System.out.println("JcstressIT: exit code " + code + " of " + tests + ", see " + log);
    return code;
  }

  /** Surefire hides the class path in a jar's manifest and leaves the real one here. */
  private static String classPath() {
    String ofTests = System.getProperty("surefire.test.class.path");
    return ofTests != null ? ofTests : System.getProperty("java.class.path");
  }
}
