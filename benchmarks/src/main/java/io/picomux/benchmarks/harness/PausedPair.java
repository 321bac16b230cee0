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
  private final LoopbackCounter counter;

  private PausedPair(PeerProcess server, PeerProcess client, ProcessSignals signals) {
    this.server = server;
    this.client = client;
    this.signals = signals;
    this.counter = LoopbackCounter.of(server.handle());
  }

  /**
   * Starts both; they run.
   *
   * @param hasOwnLoopback whether they have a loopback interface for themselves
   * @param limitSeconds how long the server may take to listen
   * @param clientLimitSeconds how long the client lives unless it is ended
   */
  static PausedPair start(
      Workload workload,
      PeerCommand peer,
      boolean hasOwnLoopback,
      long limitSeconds,
      long clientLimitSeconds)
      throws IOException, InterruptedException {
    Place serverPlace = hasOwnLoopback ? OwnLoopback.ofServer() : Place.LOOPBACK;
    PeerProcess server = PeerProcess.start(peer.server(workload, serverPlace));
    try {
      int port = Measurer.port(server.nextLine(limitSeconds));
      Place place = hasOwnLoopback ? OwnLoopback.ofClient(server.handle()) : Place.LOOPBACK;
      PeerProcess client =
          PeerProcess.start(peer.client(workload, place, port, clientLimitSeconds));
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

  /** Returns what has crossed the loopback interface that they use. */
  long bytes() throws IOException {
    return counter.bytes();
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
