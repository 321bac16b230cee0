package io.picomux.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stream that were accepted and have not gone into frames yet: first what was
 * copied here, then the buffer that a waiting writer has lent. Not thread-safe: guarded by the
 * stream's lock.
 */
public final class SendBuffer {
  /** Null while nothing is copied: a stream that is idle shall cost little. */
  private @Nullable SegmentQueue queue;

  private @Nullable ByteBuffer loan;
  private int reportedAllocatedBytes;

  /** Creates an empty buffer. */
  public SendBuffer() {}

  /** Returns the bytes that were copied here. */
  public int queuedBytes() {
    SegmentQueue copied = queue;
    return copied == null ? 0 : copied.size();
  }

  /**
   * Returns by how many bytes the memory that is allocated for the bytes that were copied here
   * differs from what the last call saw.
   */
  public int takeAllocationChange() {
    SegmentQueue copied = queue;
    int bytes = copied == null ? 0 : Math.toIntExact(copied.allocatedBytes());
    int change = bytes - reportedAllocatedBytes;
    reportedAllocatedBytes = bytes;
    return change;
  }

  /** Returns whether a writer has lent its buffer. */
  public boolean hasLoan() {
    return loan != null;
  }

  /** Returns whether it is this buffer that is lent. */
  @SuppressWarnings("ReferenceEquality") // buffers with the same contents are not the same buffer
  public boolean isLent(ByteBuffer buffer) {
    return loan == buffer;
  }

  /** Returns the bytes of the lent buffer that are not taken yet, 0 when none is lent. */
  public int loanBytes() {
    ByteBuffer lent = loan;
    return lent == null ? 0 : lent.remaining();
  }

  /** Copies bytes from the position of the source, which moves. */
  public void append(ByteBuffer source, int length) {
    if (length == 0) {
      return;
    }
    SegmentQueue copied = queue;
    if (copied == null) {
      copied = new SegmentQueue();
      queue = copied;
    }
    copied.append(source, source.position(), length);
    source.position(source.position() + length);
  }

  /** Lends a buffer; its bytes follow what is queued, and its position moves as they are taken. */
  public void lend(ByteBuffer buffer) {
    if (loan != null) {
      throw new IllegalStateException("a buffer is lent already");
    }
    loan = buffer;
  }

  /**
   * Copies bytes of the lent buffer, which is given back once all are.
   *
   * @param length how many, at most {@link #loanBytes()}
   */
  public void copyLoan(int length) {
    ByteBuffer lent = loan;
    if (lent != null) {
      append(lent, length);
      if (!lent.hasRemaining()) {
        loan = null;
      }
    }
  }

  /**
   * Takes the lent buffer back after copying some more of it; it is not touched any more.
   *
   * @param keepBytes how many of its remaining bytes to copy, at most all
   */
  public void withdrawLoan(int keepBytes) {
    ByteBuffer lent = loan;
    if (lent != null) {
      append(lent, keepBytes);
      loan = null;
    }
  }

  /**
   * Moves the oldest bytes into a frame.
   *
   * @param target gets them at its position, which moves
   * @return whether there were that many; if not, nothing was moved
   */
  public boolean moveTo(ByteBuffer target, int length) {
    if (queuedBytes() + loanBytes() < length) {
      return false;
    }
    SegmentQueue copied = queue;
    int fromQueue = 0;
    if (copied != null) {
      fromQueue = copied.moveTo(target, length);
      queue = copied.size() == 0 ? null : copied;
    }
    int fromLoan = length - fromQueue;
    ByteBuffer lent = loan;
    if (fromLoan > 0 && lent != null) {
      target.put(target.position(), lent, lent.position(), fromLoan);
      target.position(target.position() + fromLoan);
      lent.position(lent.position() + fromLoan);
    }
    return true;
  }

  /** Drops everything that was copied here; a lent buffer is left to its writer. */
  public void clear() {
    SegmentQueue copied = queue;
    if (copied != null) {
      copied.clear();
      queue = null;
    }
    loan = null;
  }
}
