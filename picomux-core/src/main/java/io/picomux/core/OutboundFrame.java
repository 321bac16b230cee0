package io.picomux.core;

import org.jspecify.annotations.Nullable;

/** The next frame to write, filled by {@link MuxCore#pollFrame}. Reused; not thread-safe. */
public final class OutboundFrame {
  private static final byte[] EMPTY = {};

  private Command command = Command.NOP;
  private int streamId;
  private int bodyBytes;
  private byte[] body = EMPTY;
  private @Nullable CoreStream stream;

  /** Creates an empty frame. */
  public OutboundFrame() {}

  void set(Command newCommand, int newStreamId, byte[] newBody) {
    command = newCommand;
    streamId = newStreamId;
    bodyBytes = newBody.length;
    body = newBody;
    stream = null;
  }

  void set(Command newCommand, int newStreamId) {
    set(newCommand, newStreamId, EMPTY);
  }

  void setData(CoreStream newStream, int newBodyBytes) {
    command = Command.PSH;
    streamId = newStream.id();
    bodyBytes = newBodyBytes;
    body = EMPTY;
    stream = newStream;
  }

  /** Returns the command. */
  public Command command() {
    return command;
  }

  /** Returns the stream id, an unsigned number. */
  public int streamId() {
    return streamId;
  }

  /** Returns the length of the body, 0 to 65,535. */
  public int bodyBytes() {
    return bodyBytes;
  }

  /** Returns the body of a control frame; empty for a data frame, whose bytes the engine holds. */
  public byte[] body() {
    return body;
  }

  /** Returns the stream whose bytes are the body of a data frame, or null for a control frame. */
  public @Nullable CoreStream dataStream() {
    return stream;
  }

  @Override
  public String toString() {
    return command + " stream=" + Integer.toUnsignedString(streamId) + " body=" + bodyBytes;
  }
}
