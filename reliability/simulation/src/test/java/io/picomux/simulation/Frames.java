package io.picomux.simulation;

import io.picomux.core.Command;
import io.picomux.core.WireFormat;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes bytes that are whole frames apart, and changes frames. */
final class Frames {
  private Frames() {}

  static List<byte[]> split(byte[] frames) {
    List<byte[]> each = new ArrayList<>();
    int at = 0;
    while (at < frames.length) {
      int end =
          at + WireFormat.HEADER_BYTES + ((frames[at + 2] & 0xFF) | (frames[at + 3] & 0xFF) << 8);
      each.add(Arrays.copyOfRange(frames, at, end));
      at = end;
    }
    return each;
  }

  static byte[] join(List<byte[]> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(all::writeBytes);
    return all.toByteArray();
  }

  static boolean is(byte[] frame, Command command) {
    return (frame[1] & 0xFF) == command.code();
  }

  static boolean sameStream(byte[] frame, byte[] other) {
    return Arrays.equals(frame, 4, 8, other, 4, 8);
  }

  static int bodyBytes(byte[] frame) {
    return frame.length - WireFormat.HEADER_BYTES;
  }

  /**
   * Returns the frame with as many bytes of its body, the last of them again where it is longer.
   */
  static byte[] resized(byte[] frame, int bodyBytes) {
    byte[] changed = Arrays.copyOf(frame, WireFormat.HEADER_BYTES + bodyBytes);
    if (changed.length > frame.length) {
      changed[changed.length - 1] = frame[frame.length - 1];
    }
    changed[2] = (byte) bodyBytes;
    changed[3] = (byte) (bodyBytes >>> 8);
    return changed;
  }
}
