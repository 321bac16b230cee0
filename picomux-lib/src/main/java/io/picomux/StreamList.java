package io.picomux;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session that the application has not closed, linked through themselves, so that
 * standing in the list costs a stream no object. Safe for concurrent use; its lock is a leaf:
 * nothing else is asked for under it.
 */
final class StreamList {
  private final ReentrantLock lock = new ReentrantLock();

  /** Any one of the ring that they form. */
  private @Nullable MuxStream first;

  private int size;

  /** Adds a stream that was never added before. */
  void add(MuxStream stream) {
    lock.lock();
    try {
      MuxStream after = first;
      if (after == null) {
        link(stream, stream);
      } else {
        link(previousOf(after), stream);
        link(stream, after);
      }
      first = stream;
      size++;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a stream out; returns whether it was in the list. */
  boolean remove(MuxStream stream) {
    lock.lock();
    try {
      MuxStream after = stream.next;
      if (after == null) {
        return false;
      }
      link(previousOf(stream), after);
      stream.previous = null;
      stream.next = null;
      size--;
      first = size == 0 ? null : after;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the streams that are in the list now. */
  List<MuxStream> toList() {
    lock.lock();
    try {
      List<MuxStream> streams = new ArrayList<>(size);
      MuxStream stream = first;
      while (stream != null && streams.size() < size) {
        streams.add(stream);
        stream = stream.next;
      }
      return streams;
    } finally {
      lock.unlock();
    }
  }

  private static void link(MuxStream before, MuxStream after) {
    before.next = after;
    after.previous = before;
  }

  private static MuxStream previousOf(MuxStream stream) {
    MuxStream previous = stream.previous;
    if (previous == null) {
      throw new IllegalStateException(stream + " stands in no list");
    }
    return previous;
  }
}
