package io.picomux.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stream that have come and were not read yet, and the frames whose credit they
 * tie up. Not thread-safe: guarded by the stream's lock.
 *
 * <p>While a reader waits it lends its buffer, and bytes go straight into it. A callback that is
 * about to read is offered the bytes where they came in: only what it leaves is copied here.
 *
 * <p>Windows count frames but readers take bytes. Instead of remembering the length of each frame,
 * the credit of the frames that are in here is spread evenly over their bytes: taking half of the
 * bytes frees half of the frames, rounded down, and taking all of them frees all. Memory for
 * bookkeeping is therefore constant, whatever the sizes of the frames.
 */
public final class ReceiveBuffer {
  /** Null while nothing is stored: a stream that is idle shall cost little. */
  private @Nullable UnreadBytes unread;

  private @Nullable ByteBuffer loan;
  private int loanFilledBytes;
  private int heldFrames;

  // Within what a window of frames of 64 KiB can bring.
  private int takenBytes;
  private int unreportedReadBytes;
  private int reportedAllocatedBytes;

  /** Creates an empty buffer. */
  public ReceiveBuffer() {}

  /** Returns the bytes that can be read at once. */
  public int size() {
    UnreadBytes stored = unread;
    return stored == null ? 0 : stored.size();
  }

  private long allocatedBytes() {
    UnreadBytes stored = unread;
    return stored == null ? 0 : stored.footprintBytes();
  }

  /** Returns whether a reader has lent its buffer. */
  public boolean hasLoan() {
    return loan != null;
  }

  /** Returns whether a reader has lent its buffer and nothing has come into it yet. */
  public boolean isLoanEmpty() {
    return loanFilledBytes == 0;
  }

  /** Lends a buffer with room to be filled at its position. */
  public void lend(ByteBuffer buffer) {
    if (loan != null) {
      throw new IllegalStateException("a buffer is lent already");
    }
    loan = buffer;
    loanFilledBytes = 0;
  }

  /**
   * Takes the lent buffer back; returns the bytes that came into it. It is not touched any more.
   */
  public int withdrawLoan() {
    loan = null;
    int filled = loanFilledBytes;
    loanFilledBytes = 0;
    return filled;
  }

  /** A data frame has begun. */
  public void startFrame() {
    heldFrames++;
  }

  /**
   * Takes in bytes of the current frame.
   *
   * @param source where they are; its position and limit stay as they are
   */
  public void deliver(ByteBuffer source, int index, int length) {
    int from = index;
    int left = length;
    ByteBuffer target = loan;
    if (target != null && target.hasRemaining()) {
      int n = Math.min(left, target.remaining());
      target.put(target.position(), source, from, n);
      target.position(target.position() + n);
      loanFilledBytes += n;
      takenBytes += n;
      unreportedReadBytes += n;
      from += n;
      left -= n;
    }
    if (left > 0) {
      keepOffer();
      SegmentQueue queue = unread instanceof SegmentQueue stored ? stored : new SegmentQueue();
      unread = queue;
      queue.append(source, from, left);
    }
  }

  /**
   * Offers bytes of frames that have begun where they are, when there are no others: until {@link
   * #keepOffer} they stay there and can be read.
   */
  public void offer(InputPieces pieces) {
    if (loan != null || unread != null) {
      throw new IllegalStateException("somebody waits, or has not read what came before");
    }
    unread = pieces;
  }

  /** Copies what was offered and is not read: the pieces are not touched any more. */
  public void keepOffer() {
    if (unread instanceof InputPieces offered) {
      SegmentQueue queue = null;
      if (offered.size() > 0) {
        queue = new SegmentQueue();
        offered.appendTo(queue);
      }
      unread = queue;
    }
  }

  /** Moves bytes to a reader; returns how many, 0 when there are none. */
  public int read(ByteBuffer target) {
    UnreadBytes stored = unread;
    if (stored == null) {
      return 0;
    }
    int n = stored.moveTo(target, target.remaining());
    unread = stored.size() == 0 ? null : stored;
    takenBytes += n;
    unreportedReadBytes += n;
    return n;
  }

  /** Throws away what was not read; all its frames count as taken. */
  public void discard() {
    UnreadBytes stored = unread;
    if (stored != null) {
      takenBytes += stored.size();
      stored.clear();
      unread = null;
    }
  }

  /** Returns the frames that {@link #takeConsumedFrames} would return. */
  public int consumedFrames() {
    int left = size();
    if (left == 0) {
      return heldFrames;
    }
    return (int) ((long) heldFrames * takenBytes / (takenBytes + left));
  }

  /** Returns the frames that were read since the last call, and forgets them. */
  public int takeConsumedFrames() {
    int frames = consumedFrames();
    if (size() == 0) {
      takenBytes = 0;
    } else if (frames > 0) {
      takenBytes -= (int) ((long) (takenBytes + size()) * frames / heldFrames);
    }
    heldFrames -= frames;
    return frames;
  }

  /** Returns the bytes that readers took since the last call. */
  public int takeReadBytes() {
    int bytes = unreportedReadBytes;
    unreportedReadBytes = 0;
    return bytes;
  }

  /** Returns by how many bytes the allocated memory differs from what the last call saw. */
  public long takeAllocationChange() {
    long change = allocatedBytes() - reportedAllocatedBytes;
    reportedAllocatedBytes = Math.toIntExact(allocatedBytes());
    return change;
  }

  /** Returns what {@link #takeAllocationChange} would return. */
  public long allocationChange() {
    return allocatedBytes() - reportedAllocatedBytes;
  }
}
