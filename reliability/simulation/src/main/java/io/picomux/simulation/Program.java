package io.picomux.simulation;

import io.picomux.testkit.LinkProfile;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What happens in one run: who runs it, over what link, set to what, doing what when. The same
 * program gives the same run. Its text can be pasted into a test, see {@link #parse}. Immutable.
 *
 * @param seed where stream ids, slices, the sizes of reads and the delays of callbacks come from
 * @param callbackDelayNanos the longest delay of a callback
 */
record Program(
    Kind kind,
    long seed,
    LinkProfile link,
    long callbackDelayNanos,
    EndSettings client,
    EndSettings server,
    List<Step> steps) {

  /** What may keep bytes from arriving. */
  private static final Set<Action> FAULTS =
      EnumSet.of(Action.SILENCE, Action.CUT, Action.TRUNCATE, Action.ABORT_SESSION, Action.SUSPEND);

  Program {
    steps = List.copyOf(steps);
  }

  Program withSteps(List<Step> newSteps) {
    return new Program(kind, seed, link, callbackDelayNanos, client, server, newSteps);
  }

  Program withKind(Kind newKind) {
    return new Program(newKind, seed, link, callbackDelayNanos, client, server, steps);
  }

  Program withLink(LinkProfile newLink) {
    return new Program(kind, seed, newLink, callbackDelayNanos, client, server, steps);
  }

  Program withSettings(EndSettings newClient, EndSettings newServer) {
    return new Program(kind, seed, link, callbackDelayNanos, newClient, newServer, steps);
  }

  EndSettings settings(Side side) {
    return side == Side.CLIENT ? client : server;
  }

  boolean has(Action action) {
    return steps.stream().anyMatch(step -> step.action() == action);
  }

  boolean hasFault() {
    return steps.stream().anyMatch(step -> FAULTS.contains(step.action()));
  }

  /**
   * Returns whether a stream that is cut short never looks like one that ended: the ends tell each
   * other of resets, and none takes the end of one direction for that of both.
   */
  boolean tellsResets() {
    return client.tellsResets() && server.tellsResets();
  }

  /** Returns what all steps of a kind come to. */
  long sum(Action action) {
    return steps.stream().filter(step -> step.action() == action).mapToLong(Step::amount).sum();
  }

  /** Returns the program as {@link #parse} reads it. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            "kind=%s seed=%d latency=%d rate=%d buffer=%d slice=%d callbacks=%d\n"
                .formatted(
                    kind,
                    seed,
                    link.latencyNanos(),
                    link.bytesPerSecond(),
                    link.bufferBytes(),
                    link.longestSliceBytes(),
                    callbackDelayNanos));
    text.append("client ").append(client).append('\n');
    text.append("server ").append(server).append('\n');
    steps.forEach(step -> text.append(step).append('\n'));
    return text.toString();
  }

  static Program parse(String text) {
    List<String> lines = text.strip().lines().toList();
    Words world = new Words(lines.get(0));
    LinkProfile link =
        new LinkProfile(
            Long.parseLong(world.get("latency")),
            Long.parseLong(world.get("rate")),
            Integer.parseInt(world.get("buffer")),
            Integer.parseInt(world.get("slice")));
    List<Step> steps = new ArrayList<>();
    lines.stream().skip(3).map(Step::parse).forEach(steps::add);
    return new Program(
        Kind.valueOf(world.get("kind")),
        Long.parseLong(world.get("seed")),
        link,
        Long.parseLong(world.get("callbacks")),
        EndSettings.parse(lines.get(1)),
        EndSettings.parse(lines.get(2)),
        steps);
  }
}
