package io.picomux.benchmarks.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The program that makes long links: its own tests, and what it promises measured on real links.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LongLinkTest {

  /** What its scripts exit with where it cannot run; they have said why. */
  private static final int CANNOT_RUN = 3;

  @Test
  @Order(1)
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void itsOwnTestsPass() throws Exception {
    run("./wan/build", "--test");
  }

  @Test
  @Order(2)
  @Timeout(60)
  void shortFormOfItsCheckFindsNothingWrong() throws Exception {
    String output = run("./wan-check", "--short");
    assertThat(output).contains("rate").contains("delay").contains("buffer").contains("loss");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int code = process.waitFor();
      if (code == CANNOT_RUN) {
        Object unused = "true".equals(System.getenv("CI")) ? fail(output) : abort(output);
      }
      assertThat(code).as("%s: %s", List.of(command), output).isZero();
      return output;
    } finally {
      process.destroy();
    }
  }
}
