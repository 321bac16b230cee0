package io.picomux.core;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A frame as the decoder gives it.
 *
 * @param body in hexadecimal; empty for the commands whose body is skipped
 */
record DecodedFrame(Command command, int streamId, int bodyBytes, String body) {

  /** Collects the frames of a byte stream that comes in slices. */
  static final class Reader {
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<DecodedFrame> frames;
    private boolean inData;

    Reader(List<DecodedFrame> frames) {
      this.frames = frames;
    }

    /** Takes in a slice and whatever frames it completes. */
    void read(ByteBuffer slice) throws ProtocolViolationException {
      while (true) {
        switch (decoder.next(slice)) {
          case NEED_INPUT -> {
            return;
          }
          case CONTROL -> add(decoder.body());
          case DATA_START -> {
            data.reset();
            inData = true;
            endData();
          }
          case DATA -> {
            byte[] part = new byte[decoder.dataBytes()];
            slice.get(part);
            data.writeBytes(part);
            endData();
          }
        }
      }
    }

    boolean atFrameBoundary() {
      return decoder.atFrameBoundary();
    }

    private void endData() {
      if (inData && data.size() == decoder.bodyBytes()) {
        inData = false;
        add(data.toByteArray());
      }
    }

    private void add(byte[] body) {
      frames.add(
          new DecodedFrame(
              decoder.command(),
              decoder.streamId(),
              decoder.bodyBytes(),
              HexFormat.of().formatHex(body)));
    }
  }

  /** Feeds bytes in slices of 1 to {@code longest} bytes, empty ones among them. */
  static void feed(Reader reader, byte[] bytes, int longest, Random random)
      throws ProtocolViolationException {
    int from = 0;
    while (from < bytes.length) {
      if (random.nextInt(8) == 0) {
        reader.read(ByteBuffer.allocate(0));
      }
      int length = Math.min(bytes.length - from, 1 + random.nextInt(longest));
      reader.read(ByteBuffer.wrap(bytes, from, length));
      from += length;
    }
  }
}
