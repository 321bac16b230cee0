package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The model must say what serde_json said, or the fuzzer would compare with a second guess. */
class SerdeJsonModelTest {
  private static final Path VERDICTS =
      Path.of("../../picomux-core/src/test/resources/ping-json/verdicts.tsv");

  @Test
  void saysWhatSerdeJsonSaid() throws IOException {
    List<String[]> verdicts =
        Files.readAllLines(VERDICTS).stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("\t", -1))
            .toList();
    assertThat(verdicts).hasSizeGreaterThan(1000);
    for (String[] columns : verdicts) {
      PingBody parsed = SerdeJsonModel.parse(bodyOf(columns[2]));
      assertThat(parsed == null ? "-" : Long.toString(parsed.nextPingInMillis()))
          .as(columns[3])
          .isEqualTo(columns[1]);
    }
  }

  /** The bytes of runs {@code HEX} or {@code HEX*COUNT} that are separated by blanks. */
  private static byte[] bodyOf(String runs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String run : runs.equals("-") ? new String[0] : runs.split(" ", -1)) {
      String[] parts = run.split("\\*", -1);
      byte[] repeated = HexFormat.of().parseHex(parts[0]);
      for (int i = parts.length == 1 ? 1 : Integer.parseInt(parts[1]); i > 0; i--) {
        bytes.writeBytes(repeated);
      }
    }
    return bytes.toByteArray();
  }
}
