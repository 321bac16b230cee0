package io.picomux.core;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One end of a session as a fuzz target drives it: a core, the smallest engine around it, and a
 * ledger of its own of what the core may do. Every step ends with {@link #check}, which throws an
 * {@link AssertionError} when core and ledger disagree. Not thread-safe.
 */
final class FuzzEnd {
  /** What a session may owe at most beside its streams: PONGs, a PING and refusals with notice. */
  private static final int MAX_SESSION_FRAMES =
      PeerConduct.MAX_OWED_PONGS + 1 + 2 * PeerConduct.MAX_OWED_REFUSALS;

  /** SYN, MORE (a second one above 65,535 frames), NOP and FIN. */
  private static final int MAX_CONTROL_FRAMES_PER_STREAM = 5;

  final MuxCore core;
  final List<FuzzStream> streams = new ArrayList<>();
  private final MuxConfig config;
  private final FrameDecoder decoder = new FrameDecoder();
  private final OutboundFrame frame = new OutboundFrame();
  private final Map<Integer, FuzzStream> streamsOnWire = new HashMap<>();

  /** How many refusals an id is owed; a hostile peer may use the id of a refused stream again. */
  private final Map<Integer, Integer> refusalsOwed = new HashMap<>();

  private @Nullable FuzzStream receiver;
  @Nullable SessionEnd endReason;
  @Nullable ProtocolViolationException violation;
  long nowNanos;

  /** A sum over everything that this end did; the same input must give the same one. */
  long transcript = 1;

  /** Who gets the frames and says what the bytes of a stream must be; null takes any bytes. */
  interface Wire {
    void send(Command command, int streamId, byte[] body);
  }

  private final Wire wire;
  private final boolean checksBytes;

  FuzzEnd(MuxConfig config, long seed, boolean checksBytes, Wire wire) {
    this.config = config;
    this.core = new MuxCore(config, seed, 0);
    this.checksBytes = checksBytes;
    this.wire = wire;
  }

  // ---- the application

  @Nullable FuzzStream open(int metadataBytes) {
    if (endReason != null) {
      return null;
    }
    FuzzStream stream = new FuzzStream(this);
    stream.accepted = true;
    bind(stream, core.open(new byte[metadataBytes], stream, nowNanos));
    return stream;
  }

  /** Accepts the stream that has waited longest; returns it, or null. */
  @Nullable FuzzStream accept() {
    for (FuzzStream stream : streams) {
      if (!stream.accepted) {
        stream.accepted = true;
        core.accepted(stream.core(), nowNanos);
        return stream;
      }
    }
    return null;
  }

  /** Returns one of the streams that the application has, or null when it has none. */
  @Nullable FuzzStream stream(int number) {
    return streams.isEmpty() ? null : streams.get(number % streams.size());
  }

  void end(SessionEnd reason) {
    if (endReason == null) {
      endReason = reason;
      core.end();
      note(reason.name().hashCode());
    }
  }

  // ---- the engine

  void receive(byte[] bytes) {
    receive(ByteBuffer.wrap(bytes));
  }

  void receive(ByteBuffer bytes) {
    if (endReason != null) {
      return;
    }
    core.handleBytes(nowNanos);
    try {
      decode(bytes);
    } catch (ProtocolViolationException e) {
      violation = e;
      String message = String.valueOf(e.getMessage());
      if (message.isEmpty() || message.indexOf('\n') >= 0) {
        throw new AssertionError("the message of a violation is one line: '" + message + "'", e);
      }
      note(e.violation().name().hashCode());
      end(SessionEnd.PROTOCOL_VIOLATION);
    }
    tellStreams();
  }

  private void decode(ByteBuffer in) throws ProtocolViolationException {
    while (true) {
      switch (decoder.next(in)) {
        case NEED_INPUT -> {
          return;
        }
        case CONTROL -> control(decoder.command(), decoder.streamId(), decoder.body());
        case DATA_START -> startData(decoder.streamId(), decoder.bodyBytes());
        case DATA -> {
          if (receiver != null) {
            arrived(receiver, in, decoder.dataBytes());
          }
          in.position(in.position() + decoder.dataBytes());
        }
      }
    }
  }

  private void control(Command command, int streamId, byte[] body)
      throws ProtocolViolationException {
    FuzzStream known = streamsOnWire.get(streamId);
    boolean live = known != null && !known.ended;
    CoreStream opened = core.handleControl(command, streamId, body, nowNanos);
    if (opened != null) {
      FuzzStream stream = new FuzzStream(this);
      stream.synSent = true;
      opened.attach(stream);
      bind(stream, opened);
    } else if (command == Command.SYN) {
      refusalsOwed.merge(streamId, 1, Integer::sum);
    } else if (known != null && live) {
      if (command == Command.MORE) {
        known.creditGotFrames += FrameEncoder.moreFrames(body);
      } else if (command == Command.FIN) {
        known.finReceived = true;
      }
    }
    tellStreams();
  }

  private void startData(int streamId, int bodyBytes) throws ProtocolViolationException {
    FuzzStream known = streamsOnWire.get(streamId);
    boolean counts = known != null && !known.ended && !known.finReceived;
    CoreStream stream = core.handleData(streamId, bodyBytes, nowNanos);
    if (known != null && counts) {
      known.receivedFrames++;
    }
    receiver = stream == null ? null : known;
    if (stream != null && known != null) {
      known.unread.add(bodyBytes);
      known.unreadBytes += bodyBytes;
      core.stored(stream, bodyBytes, nowNanos);
    }
    tellStreams();
  }

  private void arrived(FuzzStream stream, ByteBuffer in, int bytes) {
    int key = StreamBytes.key(stream.core(), false);
    for (int i = 0; i < bytes && checksBytes; i++) {
      long place = stream.arrivedBytes + i;
      if (in.get(in.position() + i) != StreamBytes.at(key, place)) {
        throw new AssertionError("byte " + place + " is wrong, " + stream.core());
      }
    }
    stream.arrivedBytes += bytes;
  }

  private void bind(FuzzStream stream, CoreStream bound) {
    stream.core = bound;
    streams.add(stream);
    streamsOnWire.put(bound.id(), stream);
    note(bound.id());
  }

  void tellStreams() {
    CoreStream stream = core.pollEvent();
    while (stream != null) {
      if (stream.source() instanceof FuzzStream known) {
        known.takeEvents();
      } else {
        throw new AssertionError(stream + " is unknown here");
      }
      stream = core.pollEvent();
    }
  }

  /** Hands out up to so many frames; returns how many there were. */
  int send(int mostFrames) {
    int sent = 0;
    while (sent < mostFrames && core.pollFrame(frame, nowNanos)) {
      sent++;
      note(frame.command().code());
      note(frame.streamId());
      note(frame.bodyBytes());
      byte[] body = frame.body();
      FuzzStream stream = streamsOnWire.get(frame.streamId());
      if (frame.command() == Command.PING || frame.command() == Command.PONG) {
        checkSessionFrame();
      } else if (isRefusal()) {
        note(1);
      } else if (stream != null && !stream.ended) {
        if (frame.command() == Command.PSH) {
          body = StreamBytes.of(stream, frame.bodyBytes());
        }
        stream.onSent(frame);
      } else {
        throw new AssertionError(frame + " for a stream that is not open");
      }
      wire.send(frame.command(), frame.streamId(), body);
      tellStreams();
    }
    return sent;
  }

  /** A refusal is a FIN, with a NOP before it where the peer understands it; it goes out first. */
  private boolean isRefusal() {
    int owed = refusalsOwed.getOrDefault(frame.streamId(), 0);
    if (owed == 0 || (frame.command() != Command.FIN && frame.command() != Command.NOP)) {
      return false;
    }
    if (frame.command() == Command.FIN) {
      refusalsOwed.put(frame.streamId(), owed - 1);
    }
    return true;
  }

  private void checkSessionFrame() {
    if (frame.streamId() != 0) {
      throw new AssertionError(frame + " for a stream");
    }
    if (frame.command() == Command.PING && SerdeJsonModel.parse(frame.body()) == null) {
      throw new AssertionError("a PING that the crate refuses");
    }
  }

  /** Lets time pass and stops at every deadline. */
  void pass(long nanos) {
    long until = nowNanos + nanos;
    for (int rounds = 0; core.nextDeadlineNanos() <= until; rounds++) {
      if (rounds > 100_000) {
        throw new AssertionError("a deadline does not pass: " + core.nextDeadlineNanos());
      }
      nowNanos = Math.max(nowNanos, core.nextDeadlineNanos());
      if (core.handleTimeout(nowNanos)) {
        end(SessionEnd.TIMED_OUT);
      }
      tellStreams();
      send(1000);
    }
    nowNanos = until;
  }

  // ---- what must hold

  void check() {
    tellStreams();
    long unread = 0;
    for (FuzzStream stream : streams) {
      if (!stream.ended) {
        stream.check();
      }
      boolean holdsMetadata = !stream.accepted && !stream.forfeited;
      unread += stream.forfeited ? 0 : stream.unreadBytes;
      unread += holdsMetadata ? stream.core().metadata().length : 0;
    }
    must(core.unreadBytes() == unread, "unread are " + core.unreadBytes() + ", not " + unread);
    long cap = config.limits().receiveBudgetBytes() + WireFormat.MAX_BODY_BYTES;
    must(core.heldBytes() <= cap, core.heldBytes() + " bytes are held, at most " + cap);
    must(core.heldBytes() >= core.unreadBytes(), core.heldBytes() + " bytes are held");
    if (endReason != null) {
      must(core.liveStreams() == 0, core.liveStreams() + " streams live after the end");
      must(!core.wantsToWrite(), "something is to be written after the end");
      must(core.nextDeadlineNanos() == DeadlineHeap.NEVER, "a deadline stands after the end");
      must(send(1) == 0, "a frame was handed out after the end");
      for (FuzzStream stream : streams) {
        stream.must(stream.ended, "not ended with its session");
      }
    }
  }

  /** Takes every frame that is owed; their number is bounded whatever the peer has sent. */
  void drain() {
    long dataFrames = 0;
    for (FuzzStream stream : streams) {
      dataFrames += stream.pendingBytes / WireFormat.DATA_BODY_BYTES + 1;
    }
    long most =
        MAX_SESSION_FRAMES + (long) MAX_CONTROL_FRAMES_PER_STREAM * streams.size() + dataFrames;
    int sent = send((int) Math.min(Integer.MAX_VALUE, most + 1));
    must(sent <= most, sent + " frames were owed, at most " + most);
    must(!core.wantsToWrite(), "something is still to be written");
  }

  /** The application lets go of everything; nothing may be left in a session that has ended. */
  void leave() {
    for (FuzzStream stream : streams) {
      stream.close();
    }
    check();
    must(core.heldBytes() == 0, core.heldBytes() + " bytes are held by nobody");
  }

  void note(long what) {
    transcript = (transcript ^ what) * 0x9E37_79B9_7F4A_7C15L;
    transcript ^= transcript >>> 29;
  }

  private void must(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
