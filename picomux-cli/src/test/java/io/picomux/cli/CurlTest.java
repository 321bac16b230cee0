package io.picomux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** curl as the client of the demo's proxy. */
final class CurlTest {

  private static final int LARGE_BYTES = 100_000_000;

  private static RunningDemo demo;
  private static String curl;

  @TempDir private Path folder;

  @BeforeAll
  static void startDemo() throws IOException, InterruptedException {
    curl = Tools.curl();
    demo = RunningDemo.start();
  }

  @AfterAll
  static void endDemo() {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  void downloadsAHundredMegabytesWithTheRightDigest() throws Exception {
    Path file = folder.resolve("download");
    String head = curl("-D", "-", "-o", file.toString(), demo.site + "bytes/" + LARGE_BYTES);
    assertThat(Files.size(file)).isEqualTo(LARGE_BYTES);
    String announced = curl(demo.site + "digest/" + LARGE_BYTES).strip();
    assertThat(sha256(file)).isEqualTo(announced);
    assertThat(head).containsIgnoringCase("X-SHA256: " + announced);
  }

  @Test
  void runsFiftyDownloadsAtOnce() throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--parallel", "--parallel-immediate", "--parallel-max", "50"));
    for (int i = 0; i < 50; i++) {
      arguments.add("-o");
      arguments.add(folder.resolve("part" + i).toString());
      arguments.add(demo.site + "bytes/" + (1_000_000 + i));
    }
    curl(arguments.toArray(String[]::new));
    for (int i = 0; i < 50; i++) {
      Path part = folder.resolve("part" + i);
      assertThat(Files.size(part)).isEqualTo(1_000_000 + i);
      assertThat(sha256(part)).isEqualTo(curl(demo.site + "digest/" + (1_000_000 + i)).strip());
    }
  }

  @Test
  void uploadsAFileWhole() throws Exception {
    Path file = folder.resolve("upload");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 30_000_000 / 1000; i++) {
        out.write(String.format("%-999d%n", i).getBytes(US_ASCII));
      }
    }
    assertThat(curl("-T", file.toString(), demo.site + "upload").strip())
        .isEqualTo(Files.size(file) + " bytes, sha256 " + sha256(file));
  }

  @Test
  void speaksSocks4aToo() throws Exception {
    RunningProgram run =
        RunningProgram.start(
            List.of(curl, "-sS", "--max-time", "60", "--socks4a", demo.proxy, demo.site));
    assertThat(run.awaitExit()).as(run.output()).isZero();
    assertThat(run.output()).contains("This page came through picomux");
  }

  @Test
  void aConnectionToADestinationThatTheExitDeniesIsReset() throws Exception {
    for (String url : List.of("http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/")) {
      RunningProgram run = start(url);
      // Failure in the handshake, in sending or in receiving: how far curl is when the reset comes
      // is up to the scheduler. A clean end would be 52.
      assertThat(run.awaitExit()).as(run.output()).isIn(97, 55, 56);
    }
  }

  private static RunningProgram start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(curl, "-sS", "--max-time", "110", "--socks5-hostname", demo.proxy, "--fail"));
    command.addAll(List.of(arguments));
    return RunningProgram.start(command);
  }

  /** Runs curl through the proxy, and returns what it prints. */
  private static String curl(String... arguments) throws IOException, InterruptedException {
    RunningProgram run = start(arguments);
    assertThat(run.awaitExit()).as(run.output()).isZero();
    return run.output();
  }

  private static String sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
