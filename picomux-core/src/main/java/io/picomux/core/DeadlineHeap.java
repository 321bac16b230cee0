package io.picomux.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The streams that have a deadline, the earliest first: a binary heap that knows each stream's
 * place in it. Not thread-safe.
 */
final class DeadlineHeap {
  /** A deadline that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int INITIAL_CAPACITY = 4;

  private @Nullable CoreStream[] heap = new CoreStream[INITIAL_CAPACITY];
  private int size;

  long earliestNanos() {
    CoreStream first = size == 0 ? null : heap[0];
    return first == null ? NEVER : first.deadlineNanos();
  }

  /** Returns the stream with the earliest deadline when that has come, else null. */
  @Nullable CoreStream due(long nowNanos) {
    CoreStream first = size == 0 ? null : heap[0];
    return first != null && first.deadlineNanos() <= nowNanos ? first : null;
  }

  /** Sets or moves the deadline of a stream; {@link #NEVER} takes it out. */
  void set(CoreStream stream, long deadlineNanos) {
    if (stream.deadlineNanos() == deadlineNanos) {
      return;
    }
    StreamDeadlines deadlines = stream.deadlines();
    deadlines.nextNanos = deadlineNanos;
    int i = deadlines.heapIndex;
    if (deadlineNanos == NEVER) {
      if (i >= 0) {
        removeAt(i);
        deadlines.heapIndex = -1;
      }
    } else if (i < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      size++;
      siftUp(size - 1, stream);
    } else {
      siftUp(i, stream);
      siftDown(deadlines.heapIndex, stream);
    }
  }

  private void removeAt(int i) {
    size--;
    CoreStream moved = at(size);
    heap[size] = null;
    if (i < size) {
      siftUp(i, moved);
      siftDown(moved.deadlines().heapIndex, moved);
    }
    if (size >= INITIAL_CAPACITY && size * 4 <= heap.length) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
  }

  private void siftUp(int start, CoreStream stream) {
    int i = start;
    while (i > 0) {
      int parent = (i - 1) / 2;
      if (at(parent).deadlineNanos() <= stream.deadlineNanos()) {
        break;
      }
      place(i, at(parent));
      i = parent;
    }
    place(i, stream);
  }

  private void siftDown(int start, CoreStream stream) {
    int i = start;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && at(child + 1).deadlineNanos() < at(child).deadlineNanos()) {
        child++;
      }
      if (at(child).deadlineNanos() >= stream.deadlineNanos()) {
        break;
      }
      place(i, at(child));
      i = child;
    }
    place(i, stream);
  }

  private void place(int i, CoreStream stream) {
    heap[i] = stream;
    stream.deadlines().heapIndex = i;
  }

  private CoreStream at(int i) {
    CoreStream stream = heap[i];
    if (stream == null) {
      throw new IllegalStateException("no stream at place " + i + " of " + size);
    }
    return stream;
  }
}
