package io.picomux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The role of the one thread that writes. Whoever asks for it gets it when it is free; otherwise
 * the holder finds a note that there is more to write. Safe for concurrent use.
 *
 * <p>No request is lost: the holder calls {@link #lookAnew} and looks for what there is to write
 * after that. What was brought later leaves a note behind it, and with a note the role cannot be
 * released.
 */
final class WriterRole {
  private static final int FREE = 0;
  private static final int TAKEN = 1;
  private static final int TAKEN_AND_WANTED = 2;

  private final AtomicInteger state = new AtomicInteger();

  /** Asks for the role, after what is to be written was brought; returns whether it was got. */
  boolean takeOrLeaveNote() {
    while (true) {
      int seen = state.get();
      if (seen == TAKEN_AND_WANTED) {
        return false;
      }
      if (seen == TAKEN) {
        if (state.compareAndSet(TAKEN, TAKEN_AND_WANTED)) {
          return false;
        }
      } else if (state.compareAndSet(FREE, TAKEN)) {
        return true;
      }
    }
  }

  /** Returns whether somebody has the role. */
  boolean isTaken() {
    return state.get() != FREE;
  }

  /** Removes the note: the holder looks for everything that was brought until now. */
  void lookAnew() {
    state.set(TAKEN);
  }

  /** Gives the role back, unless there is a note; returns whether it was given back. */
  boolean release() {
    return state.compareAndSet(TAKEN, FREE);
  }
}
