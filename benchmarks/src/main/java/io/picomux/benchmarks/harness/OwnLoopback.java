package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/**
 * A loopback interface for the two processes of a peer alone, which bytes of other programs do not
 * cross: a network namespace that its server makes and that is gone with the processes. Linux lets
 * root do that.
 */
final class OwnLoopback {

  /** What is put before the command of a server; its process becomes the server. */
  private static final List<String> SERVER_PREFIX =
      List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "own-loopback");

  /** How long it may take to try it; it only waits for a processor. */
  private static final long LIMIT_SECONDS = 20;

  private OwnLoopback() {}

  /** Tries it; returns whether that worked. */
  static boolean isPossible() throws InterruptedException {
    try (PeerProcess trial = PeerProcess.start(ofServer().atServer(List.of("echo", "made")))) {
      return trial.nextLine(LIMIT_SECONDS).equals("made");
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns where a server runs; it makes the interface. */
  static Place ofServer() {
    return new Place(SERVER_PREFIX, List.of(), "");
  }

  /** Returns where the client of a running server runs. */
  static Place ofClient(ProcessHandle server) {
    List<String> enter = List.of("nsenter", "--net=/proc/" + server.pid() + "/ns/net");
    return new Place(List.of(), enter, "");
  }
}
