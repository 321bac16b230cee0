package io.picomux.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.core.Command;

/** A frame that a {@link ScriptedPeer} has received. Immutable. */
public final class ReceivedFrame {
  private final Command command;
  private final int streamId;
  private final byte[] body;

  ReceivedFrame(Command command, int streamId, byte[] body) {
    this.command = command;
    this.streamId = streamId;
    this.body = body;
  }

  /** Returns the command. */
  public Command command() {
    return command;
  }

  /** Returns the stream id, an unsigned number; 0 for PING and PONG. */
  public int streamId() {
    return streamId;
  }

  /** Returns a copy of the body. */
  public byte[] body() {
    return body.clone();
  }

  /** Returns the body as UTF-8 text, as PING carries it. */
  public String bodyText() {
    return new String(body, UTF_8);
  }

  /**
   * Returns the frames of credit that a MORE grants.
   *
   * @throws IllegalStateException when this is not a MORE with its two bytes
   */
  public int creditFrames() {
    if (command != Command.MORE || body.length != 2) {
      throw new IllegalStateException(this + " grants no credit");
    }
    return (body[0] & 0xFF) | (body[1] & 0xFF) << 8;
  }

  @Override
  public String toString() {
    return command
        + " stream="
        + Integer.toUnsignedString(streamId)
        + " body="
        + body.length
        + " bytes";
  }
}
