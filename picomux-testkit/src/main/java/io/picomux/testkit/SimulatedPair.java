package io.picomux.testkit;

import io.picomux.core.MuxConfig;
import java.util.ArrayList;
import java.util.Collections;
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
  private final VirtualClock clock = new VirtualClock();
  private final List<String> transcript = new ArrayList<>();
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
    SplittableRandom seeds = new SplittableRandom(seed);
    this.client = new CoreEnd("client", client, seeds.nextLong(), clock, transcript::add);
    this.server = new CoreEnd("server", server, seeds.nextLong(), clock, transcript::add);
    this.toServer = link(profile, seeds.nextLong(), this.server, this.client);
    this.toClient = link(profile, seeds.nextLong(), this.client, this.server);
    this.client.connect(toServer);
    this.server.connect(toClient);
  }

  private SimulatedLink link(LinkProfile profile, long seed, CoreEnd to, CoreEnd from) {
    return new SimulatedLink(clock, profile, new Random(seed), to::onBytes, from::onRoom);
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
    return Collections.unmodifiableList(transcript);
  }
}
