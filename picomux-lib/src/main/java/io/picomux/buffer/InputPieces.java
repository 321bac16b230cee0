package io.picomux.buffer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of one stream lie in a piece of input that was just read: they can be read from
 * there as long as the input is not overwritten. Not thread-safe; reused for one stream after the
 * other.
 */
public final class InputPieces implements UnreadBytes {
  private static final int INITIAL_CAPACITY = 16;

  /** A larger capacity is not kept; chosen by judgement: the frames of one large read. */
  private static final int MAX_KEPT_CAPACITY = 512;

  private @Nullable ByteBuffer source;
  private int[] indexes = new int[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private int count;

  /** The first piece that is not read to its end. */
  private int next;

  private int size;

  /** Creates an object without pieces. */
  public InputPieces() {}

  /** Forgets all pieces; those that are added then lie in this buffer. */
  public void begin(ByteBuffer input) {
    clear();
    source = input;
  }

  /** Adds the next bytes. */
  public void add(int index, int length) {
    if (count == indexes.length) {
      indexes = Arrays.copyOf(indexes, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    indexes[count] = index;
    lengths[count] = length;
    count++;
    size += length;
  }

  /** Returns the bytes that are not read yet. */
  @Override
  public int size() {
    return size;
  }

  /** Returns 0: the input is not allocated for them. */
  @Override
  public long footprintBytes() {
    return 0;
  }

  @Override
  public int moveTo(ByteBuffer target, int most) {
    int wanted = Math.min(Math.min(most, size), target.remaining());
    int left = wanted;
    while (left > 0) {
      int n = Math.min(left, lengths[next]);
      target.put(target.position(), input(), indexes[next], n);
      target.position(target.position() + n);
      left -= n;
      skip(n);
    }
    return wanted;
  }

  /** Appends all that was not read to a queue. */
  void appendTo(SegmentQueue queue) {
    while (next < count) {
      queue.append(input(), indexes[next], lengths[next]);
      skip(lengths[next]);
    }
  }

  /** Forgets the input and all pieces. */
  @Override
  public void clear() {
    source = null;
    count = 0;
    next = 0;
    size = 0;
    if (indexes.length > MAX_KEPT_CAPACITY) {
      indexes = new int[INITIAL_CAPACITY];
      lengths = new int[INITIAL_CAPACITY];
    }
  }

  private ByteBuffer input() {
    ByteBuffer input = source;
    if (input == null) {
      throw new IllegalStateException("there are pieces, and no input");
    }
    return input;
  }

  private void skip(int n) {
    indexes[next] += n;
    lengths[next] -= n;
    size -= n;
    if (lengths[next] == 0) {
      next++;
    }
  }
}
