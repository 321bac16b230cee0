package io.picomux.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a byte stream, read from the table in {@link WireFormat} with numbers of its own: a
 * second opinion on {@link FrameDecoder}, which has the whole stream at hand and no state.
 */
final class FrameModel {
  private static final int HEADER_BYTES = 8;
  private static final int SYN = 0;
  private static final int PSH = 2;
  private static final int NOP = 3;
  private static final int MORE = 4;
  private static final int PING = 0xA0;
  private static final int PONG = 0xA1;

  private final byte[] expected;
  private int decodedBytes;
  private boolean atFrameBoundary = true;
  private @Nullable Violation violation;
  private int streamId;
  private String offendingNumber = "";

  FrameModel(byte[] wire) {
    expected = wire.clone();
    int at = 0;
    while (at < wire.length && violation == null) {
      atFrameBoundary = false;
      if (wire.length - at < HEADER_BYTES) {
        return;
      }
      at = frame(wire, at);
    }
  }

  /** Reads the frame that begins at {@code at}; returns where it ends. */
  private int frame(byte[] wire, int at) {
    int version = wire[at] & 0xFF;
    int command = wire[at + 1] & 0xFF;
    int bodyBytes = number(wire, at + 2, 2);
    streamId = number(wire, at + 4, 4);
    if (version != 1) {
      return broken(Violation.BAD_VERSION, "is " + version + ", must be 1", at);
    }
    if (command > MORE && command != PING && command != PONG) {
      String code = "0x" + Integer.toHexString(command);
      return broken(Violation.UNKNOWN_COMMAND, code, at);
    }
    if (command == MORE && bodyBytes != 2) {
      return broken(Violation.BAD_MORE_LENGTH, bodyBytes + " bytes, must be 2", at);
    }
    int bodyAt = at + HEADER_BYTES;
    int end = Math.min(wire.length, bodyAt + bodyBytes);
    boolean complete = end - bodyAt == bodyBytes;
    boolean kept =
        command == SYN
            || command == MORE
            || command == PING
            || command == PSH
            || (command == NOP && bodyBytes == 4);
    if (complete || command == PSH) {
      decodedBytes = end;
      if (!kept) {
        Arrays.fill(expected, bodyAt, end, (byte) 0);
      }
    }
    atFrameBoundary = complete;
    return end;
  }

  private int broken(Violation kind, String number, int at) {
    violation = kind;
    offendingNumber = number;
    return at;
  }

  private static int number(byte[] wire, int at, int bytes) {
    int value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value * 256 + (wire[at + i] & 0xFF);
    }
    return value;
  }

  /** The bytes of the frames with what a decoder does not keep set to zero. */
  byte[] expected() {
    return expected;
  }

  /** How many bytes belong to frames that are handed out, parts of data frames included. */
  int decodedBytes() {
    return decodedBytes;
  }

  boolean atFrameBoundary() {
    return atFrameBoundary;
  }

  @Nullable Violation violation() {
    return violation;
  }

  /** The stream that the last header names. */
  int streamId() {
    return streamId;
  }

  /** What the message of the violation must contain. */
  String offendingNumber() {
    return offendingNumber;
  }
}
