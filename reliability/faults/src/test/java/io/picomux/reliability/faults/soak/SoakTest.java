package io.picomux.reliability.faults.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The soak for a few seconds: nothing goes wrong, everything is done, and the picture is drawn. */
@Timeout(300)
class SoakTest {
  @Test
  void everythingAtOnceForALittleWhile(@TempDir Path folder) throws IOException {
    int code =
        SoakProgram.execute(
            "run",
            "--hours=0.006",
            "--output=" + folder,
            "--scratch=" + folder,
            "--pause-millis=20");
    String summary = Files.readString(folder.resolve("soak-summary.md"));
    assertThat(code).as(summary).isZero();
    for (Operation operation : Operation.values()) {
      assertThat(summary).contains("\n" + operation + ": ");
    }
    assertThat(summary).contains("\nTUNNEL: ").contains("\nHOSTILE: ");
    assertThat(folder.resolve("soak.svg"))
        .content()
        .contains("<svg")
        .contains("minutes")
        .contains("server process");
    assertThat(Files.readAllLines(folder.resolve("soak-samples.csv"))).hasSizeGreaterThan(10);
  }
}
