package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.reliability.planted.PlantedFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The scenarios with whole sessions find what they look for: a defect is planted into a copy of a
 * class of the library, and the scenario that is meant for it fails, in a process of its own.
 */
class PlantedDefectsTest {
  private static final Path FOLDER = Path.of("target", "planted");

  /** Ten times what {@code ./build verify} tries: the search ends when a defect is found. */
  private static final String FACTOR = "-Dpicomux.interleavings.factor=10";

  /** Far longer than any of them takes: a defect that makes a scenario hang is not found. */
  private static final long LIMIT_SECONDS = 120;

  /** A defect of the library, and the scenario that must find it. */
  enum Defect {
    /** A reader has gone, and what comes later still goes into its array. */
    ARRAY_KEPT_AFTER_A_READ(
        "anArrayThatWasReadIntoIsNotTouchedAfterTheCall",
        "io.picomux.buffer.ReceiveBuffer",
        "loan = null;\n    int filled = loanFilledBytes;",
        "int filled = loanFilledBytes;"),

    /** A writer takes its array back before the bytes that are promised to a frame are copied. */
    ARRAY_TAKEN_BACK_TOO_EARLY(
        "exactlyTheBytesThatAWriteReportsAreSent",
        "io.picomux.buffer.SendBuffer",
        "append(lent, keepBytes);",
        "lent.position(lent.position() + keepBytes);"),

    /** A reader looks for bytes, and what comes before it waits does not wake it. */
    LOST_WAKE_UP(
        "aReaderIsWokenByData",
        "io.picomux.StreamInput",
        "inTime = done || await(start, timeoutNanos);\n      }\n    } catch",
        "unlock(); lock(); inTime = done || await(start, timeoutNanos); } } catch"),

    /** Who gives back the role of the writer overlooks what was brought meanwhile. */
    LOST_NOTE(
        "smallWritesOfTwoThreadsAllLeave",
        "io.picomux.WriterRole",
        "return state.compareAndSet(TAKEN, FREE);",
        "state.set(FREE); return true;"),

    /** The writer takes credit without the lock under which the reader adds to it. */
    LOST_CREDIT(
        "creditThatMeetsWritesIsNotLost",
        "io.picomux.LockedCore",
        "try {\n      action.accept(core, now());",
        "try { lock.unlock(); action.accept(core, now()); lock.lock();");

    private final String scenario;
    private final String className;
    private final String right;
    private final String wrong;

    Defect(String scenario, String className, String right, String wrong) {
      this.scenario = scenario;
      this.className = className;
      this.right = right;
      this.wrong = wrong;
    }
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsScenario(Defect defect) throws Exception {
    Path folder = FOLDER.resolve(defect.name().toLowerCase(Locale.ROOT)).toAbsolutePath();
    new PlantedFault("picomux-lib", defect.className, defect.right, defect.wrong).plantIn(folder);
    Path log = folder.resolve("output");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            FACTOR,
            "-cp",
            PlantedFault.classPathBehind(folder),
            ScenarioProgram.class.getName(),
            StreamModelTest.class.getName(),
            defect.scenario);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(process.waitFor())
        .as(() -> "the exit code of %s with %s, see %s".formatted(defect.scenario, defect, log))
        .isEqualTo(ScenarioProgram.FAILED);
    System.out.printf("PlantedDefectsTest: %s: %s%n", defect, Files.readAllLines(log).getFirst());
  }
}
