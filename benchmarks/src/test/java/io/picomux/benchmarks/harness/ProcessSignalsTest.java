package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class ProcessSignalsTest {
  private final Process one = sleeper();
  private final Process other = sleeper();
  private final List<ProcessHandle> both = List.of(one.toHandle(), other.toHandle());

  ProcessSignalsTest() throws IOException {}

  private static Process sleeper() throws IOException {
    return new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void end() {
    one.destroyForcibly();
    other.destroyForcibly();
  }

  /** Returns whether a process stands still: {@code T} comes after its name in brackets. */
  private static boolean isStopped(Process process) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
        .contains(") T ");
  }

  @Test
  void bothStopAndGoOn() throws Exception {
    try (ProcessSignals signals = ProcessSignals.of(both)) {
      signals.stop();
      await().until(() -> isStopped(one) && isStopped(other));
      signals.goOn();
      await().until(() -> !isStopped(one) && !isStopped(other));
    }
    assertThat(one.isAlive()).as("closing leaves them").isTrue();
  }

  @Test
  void aProcessThatIsGoneIsNoticed() throws Exception {
    try (ProcessSignals signals = ProcessSignals.of(both)) {
      other.destroyForcibly().waitFor();
      assertThatThrownBy(signals::stop)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is gone");
    }
  }

  /** The input of the shell ends without a word when the process that has started it dies. */
  @Test
  void stoppedProcessesDieWithWhoeverHasStoppedThem() throws Exception {
    Process shell = new ProcessBuilder(ProcessSignals.command(both)).start();
    shell.outputWriter().append("STOP\n").flush();
    assertThat(shell.inputReader().readLine()).isEqualTo("0");
    shell.getOutputStream().close();
    assertThat(one.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }
}
