package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * A core whose application and whose peer are the test: the test says what they do and reads what
 * the core sends as lines such as {@code PSH L1 100}. Local streams are called L1, L2, … in the
 * order of opening, those of the peer by their number.
 */
final class CoreDriver {
  static final long MILLISECOND = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  /** The seed of every driven core: the tests do not depend on the ids. */
  static final long SEED = 42;

  final MuxCore core;
  long nowNanos;
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<CoreStream, ArrayDeque<Integer>> unreadFrames = new HashMap<>();
  private final OutboundFrame frame = new OutboundFrame();

  /** Where the bytes of a stream wait: only their number. */
  static final class Pending implements SendSource {
    int bytes;
    boolean heldUp;

    @Override
    public int pendingBytes() {
      return bytes;
    }

    @Override
    public void scheduled(int count) {
      assertThat(count).isBetween(1, bytes);
      bytes -= count;
      heldUp = false;
    }

    @Override
    public void heldUp() {
      heldUp = true;
    }
  }

  CoreDriver(MuxConfig config) {
    core = new MuxCore(config, SEED, 0);
  }

  /** What a peer says at its beginning that offers nothing, as every Rust peer. */
  static final String PLAIN_PING = "{\"next_ping_in_ms\":1800000}";

  /** A core whose first PING is out and answered, and that has answered the peer's. */
  static CoreDriver calm(MuxConfig config) throws ProtocolViolationException {
    CoreDriver driver = unheard(config);
    driver.ping(PLAIN_PING);
    assertThat(driver.sent()).containsExactly("PONG");
    return driver;
  }

  /** A core whose first PING is out and answered by a peer that has not sent its own. */
  static CoreDriver unheard(MuxConfig config) throws ProtocolViolationException {
    CoreDriver driver = new CoreDriver(config);
    assertThat(driver.sent()).containsExactly("PING");
    driver.pong();
    return driver;
  }

  static CoreDriver calm() throws ProtocolViolationException {
    return calm(MuxConfig.DEFAULT);
  }

  static MuxConfig limits(MuxLimits.Builder limits) {
    return MuxConfig.DEFAULT.withLimits(limits.build());
  }

  // ---- the application

  CoreStream open(int metadataBytes) {
    CoreStream stream = core.open(new byte[metadataBytes], new Pending(), nowNanos);
    names.put(stream.id(), "L" + (names.size() + 1));
    return stream;
  }

  /** A stream of ours whose SYN and PING are out, the PING answered. */
  CoreStream opened() throws ProtocolViolationException {
    CoreStream stream = open(0);
    assertThat(sent()).containsExactly("PING", "SYN " + name(stream.id()) + " 0");
    pong();
    return stream;
  }

  void write(CoreStream stream, int bytes) {
    pending(stream).bytes += bytes;
    core.dataReady(stream, nowNanos);
  }

  void read(CoreStream stream, int frames) {
    long bytes = 0;
    for (int i = 0; i < frames; i++) {
      bytes += unread(stream).remove();
    }
    core.consumed(stream, frames, bytes, bytes, nowNanos);
  }

  void finish(CoreStream stream) {
    core.finish(stream, true, nowNanos);
  }

  /** Closes as an engine does: what is unread is thrown away. */
  void close(CoreStream stream) {
    core.close(stream, nowNanos);
    throwAway(stream);
  }

  void throwAway(CoreStream stream) {
    ArrayDeque<Integer> unread = unread(stream);
    long bytes = unread.stream().mapToLong(n -> n).sum();
    core.consumed(stream, unread.size(), 0, bytes, nowNanos);
    unread.clear();
  }

  int unreadFrames(CoreStream stream) {
    return unread(stream).size();
  }

  static Pending pending(CoreStream stream) {
    if (stream.source() instanceof Pending pending) {
      return pending;
    }
    throw new AssertionError(stream + " has no source");
  }

  private ArrayDeque<Integer> unread(CoreStream stream) {
    return unreadFrames.computeIfAbsent(stream, s -> new ArrayDeque<>());
  }

  // ---- the peer

  /** The peer opens a stream that must not be refused, and the application accepts it. */
  CoreStream accept(int id) throws ProtocolViolationException {
    CoreStream stream = syn(id, 0);
    if (stream == null) {
      throw new AssertionError("stream " + id + " was refused");
    }
    core.accepted(stream, nowNanos);
    return stream;
  }

  @Nullable CoreStream syn(int id, int metadataBytes) throws ProtocolViolationException {
    CoreStream stream = control(Command.SYN, id, new byte[metadataBytes]);
    if (stream != null) {
      stream.attach(new Pending());
    }
    return stream;
  }

  /** Returns whether the application gets the bytes. */
  boolean data(CoreStream stream, int bytes) throws ProtocolViolationException {
    return data(stream.id(), bytes);
  }

  boolean data(int id, int bytes) throws ProtocolViolationException {
    core.handleBytes(nowNanos);
    CoreStream receiver = core.handleData(id, bytes, nowNanos);
    if (receiver == null) {
      return false;
    }
    unread(receiver).add(bytes);
    if (bytes > 0) {
      core.stored(receiver, bytes, nowNanos);
    }
    return true;
  }

  void fin(CoreStream stream) throws ProtocolViolationException {
    control(Command.FIN, stream.id(), new byte[0]);
  }

  void more(CoreStream stream, int frames) throws ProtocolViolationException {
    control(Command.MORE, stream.id(), FrameEncoder.moreBody(frames));
  }

  void ping(String json) throws ProtocolViolationException {
    control(Command.PING, 0, json.getBytes(StandardCharsets.UTF_8));
  }

  void pong() throws ProtocolViolationException {
    control(Command.PONG, 0, new byte[0]);
  }

  @Nullable CoreStream control(Command command, int id, byte[] body)
      throws ProtocolViolationException {
    core.handleBytes(nowNanos);
    return core.handleControl(command, id, body, nowNanos);
  }

  // ---- time

  /** Lets time pass, stopping at every deadline; returns whether the peer was found dead. */
  boolean pass(long nanos) {
    long end = nowNanos + nanos;
    boolean dead = false;
    while (core.nextDeadlineNanos() <= end && !dead) {
      nowNanos = Math.max(nowNanos, core.nextDeadlineNanos());
      dead = core.handleTimeout(nowNanos);
    }
    nowNanos = end;
    return dead;
  }

  // ---- what the core says

  /** Returns the frames that are to go out, all of them. */
  List<String> sent() {
    List<String> lines = new ArrayList<>();
    while (core.pollFrame(frame, nowNanos)) {
      lines.add(line());
    }
    return lines;
  }

  /** Returns the next frame that is to go out, or null. */
  @Nullable String next() {
    return core.pollFrame(frame, nowNanos) ? line() : null;
  }

  /** Returns the next frame if it is one of data, cut to what there is room for, or null. */
  @Nullable String nextCut(int mostBodyBytes) {
    return core.pollCut(frame, mostBodyBytes, nowNanos) ? line() : null;
  }

  private String line() {
    Command command = frame.command();
    return switch (command) {
      case PING, PONG -> command.toString();
      case FIN, NOP -> command + " " + name(frame.streamId());
      case SYN, PSH -> command + " " + name(frame.streamId()) + " " + frame.bodyBytes();
      case MORE -> "MORE " + name(frame.streamId()) + " " + FrameEncoder.moreFrames(frame.body());
    };
  }

  private String name(int id) {
    return names.getOrDefault(id, Integer.toUnsignedString(id));
  }

  /** Returns what the streams have to hear, one line for each stream, and forgets it. */
  List<String> events() {
    List<String> lines = new ArrayList<>();
    CoreStream stream;
    while ((stream = core.pollEvent()) != null) {
      int events = stream.takeEvents();
      StringBuilder line = new StringBuilder(name(stream.id()));
      append(line, events, CoreStream.EVENT_PEER_FIN, "PEER_FIN");
      append(line, events, CoreStream.EVENT_FIN_SENT, "FIN_SENT");
      append(line, events, CoreStream.EVENT_SEND_FAILED, "SEND_FAILED " + stream.sendFailure());
      append(
          line,
          events,
          CoreStream.EVENT_RECEIVE_FAILED,
          "RECEIVE_FAILED " + stream.receiveFailure());
      append(line, events, CoreStream.EVENT_ENDED, "ENDED");
      lines.add(line.toString());
    }
    return lines;
  }

  private static void append(StringBuilder line, int events, int event, String name) {
    if ((events & event) != 0) {
      line.append(' ').append(name);
    }
  }

  // ---- checks

  /** Nothing is left of any stream: no entry, no deadline, no byte, no share of the budget. */
  void assertNothingLeft() {
    assertThat(core.liveStreams()).isZero();
    assertThat(core.stats(nowNanos).inboundStreams()).isZero();
    assertThat(core.stats(nowNanos).waitingStreams()).isZero();
    assertThat(core.life.deadlines.earliestNanos()).isEqualTo(DeadlineHeap.NEVER);
    assertThat(core.unreadBytes()).isZero();
    assertThat(core.heldBytes()).isZero();
    assertThat(core.receiving.budget().aboveFloorBytes()).isZero();
    assertThat(core.receiving.leftovers).isEmpty();
    assertThat(core.wantsToWrite()).isFalse();
    assertThat(core.hasOpenStreams()).isFalse();
  }

  static void assertViolation(
      ThrowingCallable call, Violation violation, int streamId, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProtocolViolationException.class,
            e -> {
              assertThat(e.violation()).isEqualTo(violation);
              assertThat(e.streamId()).isEqualTo(streamId);
              assertThat(e).hasMessage(message);
            });
  }
}
