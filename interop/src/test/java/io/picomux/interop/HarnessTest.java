package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HarnessTest {

  @Test
  void generatorYieldsThePublishedSequence() {
    // First outputs for this seed in the reference implementation by Sebastiano Vigna; the test of
    // the Rust generator uses the same ones.
    byte[] expected =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(6_457_827_717_110_365_317L)
            .putLong(3_203_168_211_198_807_973L)
            .array();
    assertThat(SeededBytes.of(1_234_567, 16)).isEqualTo(expected);
  }

  @Test
  void generatorDoesNotDependOnTheSlicing() {
    byte[] sliced = new byte[100];
    SeededBytes generator = new SeededBytes(7);
    for (int offset = 0; offset < sliced.length; offset += 7) {
      generator.fill(sliced, offset, Math.min(7, sliced.length - offset));
    }
    assertThat(sliced).isEqualTo(SeededBytes.of(7, 100));
  }

  @Test
  void receiptsSurviveTheWire() throws IOException {
    Receipt receipt = Receipt.ofSeed(3, 100_000);
    assertThat(Receipt.ofInput(new ByteArrayInputStream(SeededBytes.of(3, 100_001)), 100_000))
        .isEqualTo(receipt);
    assertThat(Receipt.fromWire(new ByteArrayInputStream(receipt.toWire()))).isEqualTo(receipt);
  }

  @Test
  void tableShowsEachResultUnderItsColumn() {
    PassTable table = new PassTable("case");
    table.addRow("never tried");
    table.addRow("half-close");
    table.note("echo", "0.1.14 J", PassTable.Result.PASS);
    table.note("half-close", "0.3.3", PassTable.Result.FAIL);
    table.note("half-close", "0.3.3", PassTable.Result.PASS);
    table.note("half-close", "0.1.14 J", PassTable.Result.NOT_APPLICABLE);
    table.measure("  in ms", "0.1.14 J", "3");
    assertThat(Arrays.asList(table.format().split("\n")))
        .containsExactly(
            "case        0.1.14  0.3.3",
            "            J",
            "half-close  -       FAIL",
            "echo        pass",
            "  in ms     3");
  }

  @ParameterizedTest
  @EnumSource
  void peersReportPassedChecks(CrateVersion version) throws IOException {
    try (PeerProcess listener = RustPeers.listen(version, "--sessions", "1");
        PeerProcess connector =
            RustPeers.connect(version, listener.port(), "meta 0,65535", "echo 0,1,100000")) {
      PeerProcess.SessionReport report = connector.nextReport();
      assertThat(report.ok()).as(report.line()).isTrue();
      assertThat(report.json().getAsJsonArray("checks")).hasSize(2);
      assertThat(connector.awaitExit()).isZero();
      assertThat(listener.nextReport().json().get("streams_accepted").getAsInt()).isEqualTo(5);
      assertThat(listener.awaitExit()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void peersReportFailedChecks(CrateVersion version) throws IOException {
    // The listener ends the session after its only scenario; the cause is not the awaited one.
    try (PeerProcess listener = RustPeers.listen(version, "--sessions", "1", "echo 10");
        PeerProcess connector =
            RustPeers.connect(version, listener.port(), "await-end no such cause")) {
      PeerProcess.SessionReport report = connector.nextReport();
      assertThat(report.ok()).as(report.line()).isFalse();
      assertThat(connector.awaitExit()).isEqualTo(1);
    }
  }
}
