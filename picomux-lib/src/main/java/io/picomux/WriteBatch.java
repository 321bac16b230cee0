package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.CoreStream;
import io.picomux.core.FrameEncoder;
import io.picomux.core.OutboundFrame;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames that were decided under the session's lock and are encoded after it. Owned by the
 * session's writer; reused.
 */
final class WriteBatch {
  private static final int INITIAL_CAPACITY = 16;

  /**
   * A larger capacity is not kept: 64 KiB of the smallest frames need 160 KB, and a peer decides
   * how many sessions have had to send so many. Chosen by judgement: the frames of one round of 128
   * bytes each.
   */
  private static final int MAX_KEPT_CAPACITY = 512;

  private Command[] commands = new Command[INITIAL_CAPACITY];
  private int[] streamIds = new int[INITIAL_CAPACITY];
  private int[] bodyBytes = new int[INITIAL_CAPACITY];
  private byte[] @Nullable [] bodies = new byte[INITIAL_CAPACITY][];
  private @Nullable StreamOutput[] outputs = new StreamOutput[INITIAL_CAPACITY];
  private int size;
  private int encodedBytes;

  WriteBatch() {
    Arrays.fill(commands, Command.NOP);
  }

  /** Returns how many bytes the frames will take at the most. */
  int encodedBytes() {
    return encodedBytes;
  }

  void add(OutboundFrame frame) {
    if (size == commands.length) {
      resize(2 * size);
    }
    commands[size] = frame.command();
    streamIds[size] = frame.streamId();
    bodyBytes[size] = frame.bodyBytes();
    bodies[size] = frame.body();
    CoreStream stream = frame.dataStream();
    outputs[size] =
        stream != null && stream.source() instanceof StreamOutput output ? output : null;
    size++;
    encodedBytes += WireFormat.HEADER_BYTES + frame.bodyBytes();
  }

  /**
   * Writes the frames and forgets them. A data frame whose bytes were dropped meanwhile is left
   * out.
   */
  void encode(ByteBuffer target, @Nullable FrameListener listener) {
    for (int i = 0; i < size; i++) {
      StreamOutput output = outputs[i];
      int start = target.position();
      FrameEncoder.putHeader(target, commands[i], streamIds[i], bodyBytes[i]);
      if (output == null) {
        target.put(bodies[i]);
      } else if (!output.moveTo(target, bodyBytes[i])) {
        target.position(start);
        continue;
      }
      if (listener != null) {
        listener.onFrame(true, commands[i], streamIds[i], bodyBytes[i]);
      }
    }
    forget();
  }

  private void forget() {
    if (commands.length > MAX_KEPT_CAPACITY) {
      resize(INITIAL_CAPACITY);
    }
    Arrays.fill(outputs, 0, Math.min(size, outputs.length), null);
    Arrays.fill(bodies, 0, Math.min(size, bodies.length), null);
    size = 0;
    encodedBytes = 0;
  }

  private void resize(int capacity) {
    int kept = Math.min(commands.length, capacity);
    commands = Arrays.copyOf(commands, capacity);
    Arrays.fill(commands, kept, capacity, Command.NOP);
    streamIds = Arrays.copyOf(streamIds, capacity);
    bodyBytes = Arrays.copyOf(bodyBytes, capacity);
    bodies = Arrays.copyOf(bodies, capacity);
    outputs = Arrays.copyOf(outputs, capacity);
  }
}
