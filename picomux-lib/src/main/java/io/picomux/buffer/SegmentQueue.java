package io.picomux.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A queue of bytes in segments of growing size classes: small data takes little memory, and much
 * data takes few segments. Not thread-safe.
 */
public final class SegmentQueue implements UnreadBytes {
  /**
   * The sizes of segments in bytes. The smallest bounds what one unread byte costs; the largest is
   * two full frames.
   */
  private static final int[] CLASS_BYTES = {64, 256, 1024, 4096, LargeArrays.BYTES};

  /**
   * What a segment takes beside its bytes in a JVM with compressed references: 32 bytes for the
   * object and 16 for the header of its array. It counts, because the peer decides how many there
   * are.
   */
  private static final int SEGMENT_OVERHEAD_BYTES = 48;

  private static final class Segment {
    final byte[] bytes;
    int readIndex;
    int writeIndex;
    @Nullable Segment next;

    Segment(int size) {
      bytes = size == LargeArrays.BYTES ? LargeArrays.take() : new byte[size];
    }

    /** The segment is not used any more. */
    void free() {
      if (bytes.length == LargeArrays.BYTES) {
        LargeArrays.giveBack(bytes);
      }
    }
  }

  private @Nullable Segment head;
  private @Nullable Segment tail;
  private int size;
  private int segments;
  private long allocatedBytes;

  /** Creates an empty queue, which holds no memory for data. */
  public SegmentQueue() {}

  /** Returns the bytes in the queue. */
  @Override
  public int size() {
    return size;
  }

  /** Returns the memory that the segments take, in bytes. */
  public long allocatedBytes() {
    return allocatedBytes;
  }

  /** Returns the memory that the segments take with all that belongs to them, in bytes. */
  @Override
  public long footprintBytes() {
    return allocatedBytes + (long) segments * SEGMENT_OVERHEAD_BYTES;
  }

  /**
   * Appends bytes.
   *
   * @param source where they are; its position and limit stay as they are
   * @param index the place of the first one in the source
   * @param length how many
   */
  public void append(ByteBuffer source, int index, int length) {
    int from = index;
    int left = length;
    while (left > 0) {
      Segment segment = tail;
      if (segment == null || segment.writeIndex == segment.bytes.length) {
        segment = addSegment(left);
      }
      int n = Math.min(left, segment.bytes.length - segment.writeIndex);
      source.get(from, segment.bytes, segment.writeIndex, n);
      segment.writeIndex += n;
      from += n;
      left -= n;
    }
    size += length;
  }

  /**
   * Moves bytes out, the oldest first.
   *
   * @param target gets them at its position, which moves
   * @param most how many at the most
   * @return how many were moved: the least of {@code most}, {@link #size()} and what remains of the
   *     target
   */
  @Override
  public int moveTo(ByteBuffer target, int most) {
    int wanted = Math.min(Math.min(most, size), target.remaining());
    int left = wanted;
    while (left > 0) {
      Segment segment = head;
      if (segment == null) {
        throw new IllegalStateException("queue says " + size + " bytes and has no segment");
      }
      int n = Math.min(left, segment.writeIndex - segment.readIndex);
      target.put(segment.bytes, segment.readIndex, n);
      segment.readIndex += n;
      left -= n;
      if (segment.readIndex == segment.writeIndex) {
        removeHead(segment);
      }
    }
    size -= wanted;
    return wanted;
  }

  /** Drops everything. */
  @Override
  public void clear() {
    for (Segment segment = head; segment != null; segment = segment.next) {
      segment.free();
    }
    head = null;
    tail = null;
    size = 0;
    segments = 0;
    allocatedBytes = 0;
  }

  private Segment addSegment(int wantedBytes) {
    Segment last = tail;
    int atLeast = last == null ? wantedBytes : Math.max(wantedBytes, 2 * last.bytes.length);
    int bytes = CLASS_BYTES[CLASS_BYTES.length - 1];
    for (int candidate : CLASS_BYTES) {
      if (candidate >= atLeast) {
        bytes = candidate;
        break;
      }
    }
    Segment added = new Segment(bytes);
    if (last == null) {
      head = added;
    } else {
      last.next = added;
    }
    tail = added;
    allocatedBytes += bytes;
    segments++;
    return added;
  }

  private void removeHead(Segment segment) {
    head = segment.next;
    if (head == null) {
      tail = null;
    }
    allocatedBytes -= segment.bytes.length;
    segments--;
    segment.free();
  }
}
