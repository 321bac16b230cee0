package io.picomux.core;

/**
 * What one stream has of the credit that is under way, for {@link PathCredit}. Made when a stream
 * has brought a full frame of data: one that is idle shall cost little. Not thread-safe.
 */
final class PathShare {
  /** The usual length of a body counts as much as this many new ones; chosen by judgement. */
  private static final int MEMORY_FRAMES = 8;

  /** Data frames that have come since. */
  long receivedFrames;

  /** Whether the stream stands in the queue for credit. */
  boolean waits;

  /** The usual length of a body, in bytes. */
  private int usualBytes;

  private long epoch;
  private long youngBytes;
  private long oldBytes;

  PathShare(int firstBodyBytes) {
    usualBytes = Math.max(1, firstBodyBytes);
  }

  /** Returns how many bytes a frame is expected to bring, at least 1. */
  int usualBytes() {
    return usualBytes;
  }

  /** A frame has come. */
  void onFrame(int bodyBytes) {
    receivedFrames++;
    usualBytes += (bodyBytes - usualBytes) / MEMORY_FRAMES;
    usualBytes = Math.max(usualBytes, Math.min(bodyBytes, WireFormat.DATA_BODY_BYTES) / 2);
    usualBytes = Math.max(1, usualBytes);
  }

  /** Moves to the current epoch; what was charged two epochs ago is forgotten. */
  void moveTo(long currentEpoch) {
    long passed = currentEpoch - epoch;
    if (passed > 0) {
      oldBytes = passed == 1 ? youngBytes : 0;
      youngBytes = 0;
      epoch = currentEpoch;
    }
  }

  /** Returns what is charged and was charged before this epoch. */
  long oldBytes() {
    return oldBytes;
  }

  /** Returns what was charged in this epoch. */
  long youngBytes() {
    return youngBytes;
  }

  void addYoung(long bytes) {
    youngBytes += bytes;
  }

  void addOld(long bytes) {
    oldBytes += bytes;
  }
}
