package io.picomux.testkit;

import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Two ends of a session joined by a simulated link on a {@link VirtualClock}. The same seed and the
 * same calls give the same {@link #transcript()}, frame by frame. Not thread-safe.
 *
 * <pre>{@code
 * SimulatedPair pair = new SimulatedPair(MuxConfig.DEFAULT, MuxConfig.DEFAULT, LinkProfile.CITY, 1);
 * EndStream near = pair.client().open(new byte[0]);
 * near.write(new byte[100_000]);
 * pair.clock().runUntil(1_000_000_000L);
 * EndStream far = pair.server().accept();
 * byte[] data = far.read(100_000);
 * }</pre>
 */
public final class SimulatedPair {
  private final VirtualClock clock;
  private final Transcript transcript;
  private final CoreEnd client;
  private final CoreEnd server;
  private final SimulatedLink toServer;
  private final SimulatedLink toClient;

  /**
   * Joins two ends; each sends its first PING at once.
   *
   * @param profile how both directions of the link behave
   * @param seed where stream ids and the lengths of slices come from
   */
  public SimulatedPair(MuxConfig client, MuxConfig server, LinkProfile profile, long seed) {
    this(new Simulation(seed), "", client, server, profile, new SplittableRandom(seed));
  }

  SimulatedPair(
      Simulation simulation,
      String name,
      MuxConfig client,
      MuxConfig server,
      LinkProfile profile,
      SplittableRandom seeds) {
    this.clock = simulation.clock();
    this.transcript = simulation.transcript;
    this.client = new CoreEnd(name + "client", client, seeds.nextLong(), clock, transcript);
    this.server = new CoreEnd(name + "server", server, seeds.nextLong(), clock, transcript);
    this.toServer = new SimulatedLink(clock, profile, new Random(seeds.nextLong()));
    this.toClient = new SimulatedLink(clock, profile, new Random(seeds.nextLong()));
    toServer.attach(this.client.linkSide(), this.server.linkSide());
    toClient.attach(this.server.linkSide(), this.client.linkSide());
    this.client.connect(toServer);
    this.server.connect(toClient);
  }

  /** Returns the clock that both ends and the link run on. */
  public VirtualClock clock() {
    return clock;
  }

  /** Returns one end; the two differ in name only. */
  public CoreEnd client() {
    return client;
  }

  /** Returns the other end. */
  public CoreEnd server() {
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

  /** Ends the link in the middle of whatever is under way; both ends read an end of it. */
  public void truncate() {
    toServer.cut();
    toClient.cut();
    client.linkSide().onEnd();
    server.linkSide().onEnd();
  }

  /** Breaks the link in the middle of whatever is under way; both ends get an error. */
  public void cut() {
    toServer.cut();
    toClient.cut();
    IOException cause = new IOException("the simulated link was cut");
    client.linkSide().onFailure(cause);
    server.linkSide().onFailure(cause);
  }

  /**
   * Returns whether nothing is under way: neither end has a frame to send, and the link is empty.
   */
  public boolean isQuiet() {
    return toServer.isIdle()
        && toClient.isIdle()
        && !client.core().wantsToWrite()
        && !server.core().wantsToWrite();
  }

  /** Returns every frame that was sent, one line each: time in nanoseconds, end, frame. */
  public List<String> transcript() {
    return transcript.lines();
  }
}
