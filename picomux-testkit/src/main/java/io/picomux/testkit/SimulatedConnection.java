package io.picomux.testkit;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import java.io.IOException;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Two sessions of the library that are each other's peer, joined by a link that can fail. Made by
 * {@link Simulation#connect}. Not thread-safe.
 */
public final class SimulatedConnection {
  private final VirtualClock clock;
  private final LinkProfile profile;
  private final SimulatedLink toServer;
  private final SimulatedLink toClient;
  private final EngineHosting clientHost;
  private final EngineHosting serverHost;
  private final PicoMux client;
  private final PicoMux server;

  SimulatedConnection(
      Simulation simulation,
      String name,
      PicoMuxBuilder clientBuilder,
      PicoMuxBuilder serverBuilder,
      LinkProfile profile,
      SplittableRandom seeds) {
    this.clock = simulation.clock();
    this.profile = profile;
    toServer = new SimulatedLink(clock, profile, new Random(seeds.nextLong()));
    toClient = new SimulatedLink(clock, profile, new Random(seeds.nextLong()));
    clientHost =
        new EngineHosting(
            name + "client", simulation, seeds.nextLong(), toServer.outlet(), () -> onClosed(true));
    serverHost =
        new EngineHosting(
            name + "server",
            simulation,
            seeds.nextLong(),
            toClient.outlet(),
            () -> onClosed(false));
    toServer.attach(clientHost, serverHost);
    toClient.attach(serverHost, clientHost);
    client = clientHost.begin(clientBuilder);
    server = serverHost.begin(serverBuilder);
  }

  /** Returns one end; the two differ in name only. */
  public PicoMux client() {
    return client;
  }

  /** Returns the other end. */
  public PicoMux server() {
    return server;
  }

  /** Returns the direction from client to server. */
  public SimulatedLink toServer() {
    return toServer;
  }

  /** Returns the direction from server to client. */
  public SimulatedLink toClient() {
    return toClient;
  }

  /** Breaks the connection in the middle of whatever is under way; both ends get an error. */
  public void cut() {
    toServer.cut();
    toClient.cut();
    IOException cause = new IOException("the simulated connection was cut");
    clientHost.onFailure(cause);
    serverHost.onFailure(cause);
  }

  /** Ends the connection in the middle of whatever is under way; both ends read an end of it. */
  public void truncate() {
    toServer.cut();
    toClient.cut();
    clientHost.onEnd();
    serverHost.onEnd();
  }

  /**
   * Lets the process of the client stand still, as a machine that sleeps does: time passes, and
   * what arrives meanwhile is found when it runs again.
   *
   * @param nanos how long, from now
   */
  public void suspendClient(long nanos) {
    clientHost.suspend(nanos);
  }

  /**
   * Lets the process of the server stand still, see {@link #suspendClient}.
   *
   * @param nanos how long, from now
   */
  public void suspendServer(long nanos) {
    serverHost.suspend(nanos);
  }

  /** Returns whether nothing is on the link. */
  public boolean isIdle() {
    return toServer.isIdle() && toClient.isIdle();
  }

  /** One end has closed its transport: what it has sent arrives, what comes for it is refused. */
  private void onClosed(boolean byClient) {
    SimulatedLink out = byClient ? toServer : toClient;
    SimulatedLink in = byClient ? toClient : toServer;
    EngineHosting peer = byClient ? serverHost : clientHost;
    out.end();
    in.onRefused(() ->
        clock.after(
            profile.latencyNanos(),
            () -> peer.onFailure(new IOException("the peer has closed the connection"))));
  }
}
