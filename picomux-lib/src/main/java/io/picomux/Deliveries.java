package io.picomux;

import io.picomux.buffer.InputPieces;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one piece of input holds for the streams: noted under the session's lock, copied after it.
 * Knows who has waited for it. Owned by the session's reader; reused.
 */
final class Deliveries {
  private static final int INITIAL_CAPACITY = 16;

  /**
   * A larger capacity is not kept: 256 KiB of the smallest frames need 800 KB, and a peer decides
   * how many sessions have seen such a burst. Chosen by judgement: the frames of one read of 1 KiB
   * bodies.
   */
  static final int MAX_KEPT_CAPACITY = 512;

  private static final int FRAME_START = -1;

  private @Nullable StreamInput[] inputs = new StreamInput[INITIAL_CAPACITY];
  private int[] indexes = new int[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private final InputPieces pieces = new InputPieces();
  private int size;
  private boolean foundReader;

  /** Returns whether somebody has waited for some of this since the last call. */
  boolean takeFoundReader() {
    boolean found = foundReader;
    foundReader = false;
    return found;
  }

  /** Somebody has waited for some of this. */
  void noteReader() {
    foundReader = true;
  }

  /** Returns what the bytes for one stream are offered with; used again for the next. */
  InputPieces pieces() {
    return pieces;
  }

  int size() {
    return size;
  }

  void addFrameStart(StreamInput input) {
    add(input, FRAME_START, 0);
  }

  void addData(StreamInput input, int index, int length) {
    add(input, index, length);
  }

  StreamInput input(int i) {
    StreamInput input = inputs[i];
    if (input == null) {
      throw new IndexOutOfBoundsException(i);
    }
    return input;
  }

  boolean isFrameStart(int i) {
    return indexes[i] == FRAME_START;
  }

  int index(int i) {
    return indexes[i];
  }

  int length(int i) {
    return lengths[i];
  }

  /** Returns the end of the run of entries for one stream that begins at {@code from}. */
  int endOfRun(int from) {
    int i = from + 1;
    while (i < size && inputs[i] == inputs[from]) {
      i++;
    }
    return i;
  }

  void clear() {
    if (inputs.length > MAX_KEPT_CAPACITY) {
      inputs = new StreamInput[INITIAL_CAPACITY];
      indexes = new int[INITIAL_CAPACITY];
      lengths = new int[INITIAL_CAPACITY];
    } else {
      Arrays.fill(inputs, 0, size, null);
    }
    size = 0;
    pieces.clear();
  }

  private void add(StreamInput input, int index, int length) {
    if (size == inputs.length) {
      inputs = Arrays.copyOf(inputs, 2 * size);
      indexes = Arrays.copyOf(indexes, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    inputs[size] = input;
    indexes[size] = index;
    lengths[size] = length;
    size++;
  }
}
