package io.picomux.core;

/**
 * The deadlines of one stream, in nanoseconds since the session began, and its place in the {@link
 * DeadlineHeap}. An object of its own because most streams never have one: what a stream costs, the
 * peer can have many times. Not thread-safe.
 */
final class StreamDeadlines {
  /** Until when our FIN is held back. */
  long finHoldUntilNanos = DeadlineHeap.NEVER;

  /** Until when a closed stream may linger. */
  long closeUntilNanos = DeadlineHeap.NEVER;

  /** When a peer that has finished and grants nothing counts as gone. */
  long goneAtNanos = DeadlineHeap.NEVER;

  /** The one by which the heap is ordered. */
  long nextNanos = DeadlineHeap.NEVER;

  /** The place in the heap, -1 for none. */
  int heapIndex = -1;
}
