package io.picomux.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A body of a PING with what serde_json makes of it, from {@code ping-json/verdicts.tsv}. */
final class RecordedVerdict {

  /** Stands for the value of a body that serde_json refuses. */
  static final long REFUSED = -1;

  private static final String RESOURCE = "/ping-json/verdicts.tsv";

  private final long nextPingInMillis;
  private final byte[] body;
  private final String label;

  /** Reads a line: verdict, value, body and label, separated by tabs. */
  private RecordedVerdict(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != 4) {
      throw new IllegalArgumentException(columns.length + " columns, must be 4: " + line);
    }
    this.nextPingInMillis =
        switch (columns[0]) {
          case "ok" -> Long.parseLong(columns[1]);
          case "err" -> REFUSED;
          default -> throw new IllegalArgumentException("unknown verdict: " + line);
        };
    this.body = columns[2].equals("-") ? new byte[0] : expand(columns[2]);
    this.label = columns[3];
  }

  /** All recorded verdicts. */
  static List<RecordedVerdict> readAll() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(RecordedVerdict.class.getResourceAsStream(RESOURCE)),
                UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).map(RecordedVerdict::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parsed value, or {@link #REFUSED}. */
  long nextPingInMillis() {
    return nextPingInMillis;
  }

  byte[] body() {
    return body;
  }

  String label() {
    return label;
  }

  /** The bytes of runs {@code HEX} or {@code HEX*COUNT} that are separated by blanks. */
  private static byte[] expand(String runs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String run : runs.split(" ", -1)) {
      int star = run.indexOf('*');
      String hex = star < 0 ? run : run.substring(0, star);
      int count = star < 0 ? 1 : Integer.parseInt(run.substring(star + 1));
      byte[] repeated = HexFormat.of().parseHex(hex);
      for (int i = 0; i < count; i++) {
        bytes.writeBytes(repeated);
      }
    }
    return bytes.toByteArray();
  }
}
