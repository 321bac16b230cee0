package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Rust peers, built by cargo once per test run. Safe for concurrent use.
 *
 * <p>Without cargo the tests that need them are skipped, or fail where {@code CI=true}: {@code
 * build-peers} decides which.
 */
final class RustPeers {

  /** Directory of this module, which holds the peers' sources and what is built from them. */
  private static final Path MODULE = Path.of("").toAbsolutePath();

  /** Exit code of {@code build-peers} where there is no cargo. */
  private static final int NO_CARGO = 3;

  private static @Nullable Integer buildExitCode;

  private RustPeers() {}

  /** Starts the peer of a version with these arguments. */
  static PeerProcess start(CrateVersion version, String... arguments) throws IOException {
    build();
    List<String> command = new ArrayList<>();
    command.add(MODULE.resolve("target/rust/release").resolve(version.program()).toString());
    command.addAll(List.of(arguments));
    return PeerProcess.start(command);
  }

  /** Starts a listening peer, supervised by this process, and waits for its port. */
  static PeerProcess listen(CrateVersion version, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("listen", "--supervised"));
    all.addAll(List.of(arguments));
    PeerProcess peer = start(version, all.toArray(String[]::new));
    peer.awaitPort();
    return peer;
  }

  /** Starts a peer that connects to a port on loopback, supervised by this process. */
  static PeerProcess connect(CrateVersion version, int port, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("connect", "--supervised"));
    all.addAll(List.of("--to", "127.0.0.1:" + port));
    all.addAll(List.of(arguments));
    return start(version, all.toArray(String[]::new));
  }

  /**
   * Builds the peers unless this run has done so. The first call takes minutes, so tests with a
   * time limit call it before their time runs.
   */
  static synchronized void build() throws IOException {
    if (buildExitCode == null) {
      Process build =
          new ProcessBuilder("./build-peers")
              .directory(MODULE.toFile())
              .redirectErrorStream(true)
              .start();
      try (BufferedReader progress = build.inputReader()) {
        progress.lines().forEach(System.out::println);
        buildExitCode = build.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        build.destroy();
        throw new IOException("interrupted while the Rust peers were built", e);
      }
    }
    assumeTrue(buildExitCode != NO_CARGO, "the Rust peers need cargo, which is not installed");
    assertThat(buildExitCode).as("exit code of build-peers").isZero();
  }
}
