package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The server and the client of a peer, which run together or stand still together. Closing it ends
 * both and waits for that. Not thread-safe.
 */
final class PausedPair implements AutoCloseable {
  private final PeerProcess server;
  private final PeerProcess client;
  private final ProcessSignals signals;

  private PausedPair(PeerProcess server, PeerProcess client, ProcessSignals signals) {
    this.server = server;
    this.client = client;
    this.signals = signals;
  }

  /**
   * Starts both; they run.
   *
   * @param limitSeconds how long the server may take to listen
   * @param clientLimitSeconds how long the client lives unless it is ended
   */
  static PausedPair start(
      Workload workload, PeerCommand peer, long limitSeconds, long clientLimitSeconds)
      throws IOException, InterruptedException {
    PeerProcess server = PeerProcess.start(peer.server(workload, Place.LOOPBACK));
    try {
      int port = Measurer.port(server.nextLine(limitSeconds));
      PeerProcess client =
          PeerProcess.start(peer.client(workload, Place.LOOPBACK, port, clientLimitSeconds));
      try {
        return new PausedPair(
            server, client, ProcessSignals.of(List.of(client.handle(), server.handle())));
      } catch (IOException | RuntimeException e) {
        client.endNow();
        throw e;
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.endNow();
      throw e;
    }
  }

  /** Lets both stand still. */
  void pause() throws IOException, InterruptedException {
    signals.stop();
  }

  /** Lets both run on. */
  void goOn() throws IOException, InterruptedException {
    signals.goOn();
  }

  /**
   * Waits while both run.
   *
   * @throws IOException when one of them has ended, at once if it is the client
   */
  void run(Duration time) throws IOException, InterruptedException {
    if (client.endsWithin(time)) {
      throw new IOException("the client ended with code " + client.awaitExit(0));
    }
    if (server.endsWithin(Duration.ZERO)) {
      throw new IOException("the server ended with code " + server.awaitExit(0));
    }
  }

  /** Returns the processor time of both since they started; exact while they stand still. */
  CpuTimes cpu() throws IOException {
    return new CpuTimes(cpu(client.handle()), cpu(server.handle()));
  }

  private static Duration cpu(ProcessHandle process) throws IOException {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IOException("nothing tells the CPU time of " + process.pid()));
  }

  @Override
  public void close() {
    client.endNow();
    server.endNow();
    signals.close();
  }
}
