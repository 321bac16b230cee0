package io.picomux.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Turns the bytes of a transport into frames. Any slicing of the bytes gives the same frames. Not
 * thread-safe.
 *
 * <p>Bodies of data frames are not gathered: the decoder tells where their bytes lie in the input,
 * as they come. Bodies of SYN, MORE and PING, and of the shortest NOPs, are gathered into an array
 * of their own; what the other frames carry is skipped without being stored.
 *
 * <pre>{@code
 * while (true) {
 *   switch (decoder.next(in)) {
 *     case NEED_INPUT -> { return; }
 *     case CONTROL -> core.handleControl(decoder.command(), decoder.streamId(), decoder.body(), now);
 *     case DATA_START -> stream = core.handleData(decoder.streamId(), decoder.bodyBytes(), now);
 *     case DATA -> in.position(in.position() + decoder.dataBytes());  // the bytes are at in.position()
 *   }
 * }
 * }</pre>
 */
public final class FrameDecoder {
  /** What a body has room for at first, if it does not come in one piece; chosen by judgement. */
  private static final int MIN_BODY_ROOM_BYTES = 256;

  private static final byte[] EMPTY = {};

  /** What {@link #next} has found. */
  public enum Step {
    /** The input is used up. */
    NEED_INPUT,
    /** A frame other than a data frame is complete. */
    CONTROL,
    /** The header of a data frame is complete; its bytes follow as {@link #DATA}. */
    DATA_START,
    /**
     * {@link #dataBytes()} bytes of the data frame lie at the position of the input; the caller
     * takes them.
     */
    DATA
  }

  private long header;
  private int headerBytes;
  private Command command = Command.NOP;
  private int streamId;
  private int bodyBytes;
  private int bodyLeft;
  private int dataBytes;
  private byte[] body = EMPTY;
  private boolean inBody;

  /** Creates a decoder at the start of a byte stream. */
  public FrameDecoder() {}

  /** Returns the command of the current frame. */
  public Command command() {
    return command;
  }

  /** Returns the stream id of the current frame, an unsigned number. */
  public int streamId() {
    return streamId;
  }

  /** Returns the length of the current frame's body, 0 to 65,535. */
  public int bodyBytes() {
    return bodyBytes;
  }

  /**
   * Returns the body of a SYN, MORE or PING and of a NOP of four bytes; empty for every other
   * frame. The array is not used again by the decoder.
   */
  public byte[] body() {
    return body;
  }

  /** Returns the memory that the body of a frame takes which has not come in full. */
  public int gatheredBytes() {
    return inBody ? body.length : 0;
  }

  /**
   * Returns how many bytes of the data frame lie at the position of the input, after {@link
   * Step#DATA}.
   */
  public int dataBytes() {
    return dataBytes;
  }

  /** Returns whether the bytes so far end between two frames. */
  public boolean atFrameBoundary() {
    return headerBytes == 0 && (!inBody || bodyLeft == 0);
  }

  /**
   * Decodes the next step.
   *
   * @param in the bytes that came; its byte order is set to little endian and its position moves
   *     past what was used, except for the bytes of {@link Step#DATA}, past which the caller moves
   *     it before the next call
   * @throws ProtocolViolationException when a header is not one of this protocol
   */
  public Step next(ByteBuffer in) throws ProtocolViolationException {
    while (true) {
      if (inBody) {
        if (command == Command.PSH) {
          if (bodyLeft == 0) {
            inBody = false;
            continue;
          }
          return dataStep(in);
        }
        if (!gatherBody(in)) {
          return Step.NEED_INPUT;
        }
        inBody = false;
        return Step.CONTROL;
      }
      if (!readHeader(in)) {
        return Step.NEED_INPUT;
      }
      inBody = true;
      if (command == Command.PSH) {
        return Step.DATA_START;
      }
    }
  }

  private Step dataStep(ByteBuffer in) {
    dataBytes = Math.min(bodyLeft, in.remaining());
    if (dataBytes == 0) {
      return Step.NEED_INPUT;
    }
    bodyLeft -= dataBytes;
    return Step.DATA;
  }

  private boolean gatherBody(ByteBuffer in) {
    int n = Math.min(bodyLeft, in.remaining());
    if (storesBody()) {
      int gathered = bodyBytes - bodyLeft;
      if (body.length < gathered + n) {
        body = Arrays.copyOf(body, n == bodyLeft ? bodyBytes : roomFor(gathered + n));
      }
      in.get(body, gathered, n);
    } else {
      in.position(in.position() + n);
    }
    bodyLeft -= n;
    return bodyLeft == 0;
  }

  /** A header alone, which promises much, is given little memory. */
  private int roomFor(int bytes) {
    return Math.min(bodyBytes, Math.max(MIN_BODY_ROOM_BYTES, 2 * bytes));
  }

  private boolean readHeader(ByteBuffer in) throws ProtocolViolationException {
    if (headerBytes == 0 && in.remaining() >= WireFormat.HEADER_BYTES) {
      header = in.order(ByteOrder.LITTLE_ENDIAN).getLong();
    } else {
      while (headerBytes < WireFormat.HEADER_BYTES) {
        if (!in.hasRemaining()) {
          return false;
        }
        if (headerBytes == 0) {
          header = 0;
        }
        header |= (in.get() & 0xFFL) << (8 * headerBytes);
        headerBytes++;
      }
    }
    headerBytes = 0;
    parseHeader();
    return true;
  }

  private void parseHeader() throws ProtocolViolationException {
    int version = (int) (header & 0xFF);
    int code = (int) (header >>> 8 & 0xFF);
    bodyBytes = (int) (header >>> 16 & 0xFFFF);
    streamId = (int) (header >>> 32);
    if (version != WireFormat.VERSION) {
      throw new ProtocolViolationException(
          Violation.BAD_VERSION,
          streamId,
          "frame version is " + version + ", must be " + WireFormat.VERSION + namedStream());
    }
    Command parsed = Command.of(code);
    if (parsed == null) {
      throw new ProtocolViolationException(
          Violation.UNKNOWN_COMMAND,
          streamId,
          "command is 0x"
              + Integer.toHexString(code)
              + ", must be 0x0 to 0x4, 0xa0 or 0xa1"
              + namedStream());
    }
    command = parsed;
    if (command == Command.MORE && bodyBytes != WireFormat.MORE_BODY_BYTES) {
      throw new ProtocolViolationException(
          Violation.BAD_MORE_LENGTH,
          streamId,
          "MORE body is "
              + bodyBytes
              + " bytes, must be "
              + WireFormat.MORE_BODY_BYTES
              + ", for stream "
              + Integer.toUnsignedString(streamId));
    }
    bodyLeft = bodyBytes;
    body = EMPTY;
  }

  /** Named with care: in a header that makes no sense the id may be no id at all. */
  private String namedStream() {
    return "; the frame names stream " + Integer.toUnsignedString(streamId);
  }

  private boolean storesBody() {
    return switch (command) {
      case SYN, MORE, PING -> true;
      case NOP -> bodyBytes == ResetNotice.BYTES;
      case FIN, PSH, PONG -> false;
    };
  }
}
