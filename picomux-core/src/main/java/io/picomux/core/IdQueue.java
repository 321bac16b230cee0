package io.picomux.core;

/**
 * Stream ids in the order in which they came: a ring that takes four bytes for each. Not
 * thread-safe.
 */
final class IdQueue {
  private static final int INITIAL_CAPACITY = 4;

  /** Its length is a power of two. */
  private int[] ring = new int[INITIAL_CAPACITY];

  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int id) {
    if (size == ring.length) {
      int[] larger = new int[2 * size];
      System.arraycopy(ring, head, larger, 0, size - head);
      System.arraycopy(ring, 0, larger, size - head, head);
      ring = larger;
      head = 0;
    }
    ring[(head + size) & (ring.length - 1)] = id;
    size++;
  }

  /** Returns the id that came first; there must be one. */
  int first() {
    requireId();
    return ring[head];
  }

  /** Removes the id that came first; memory that a burst took goes back once the queue is empty. */
  void removeFirst() {
    requireId();
    head = (head + 1) & (ring.length - 1);
    size--;
    if (size == 0) {
      ring = new int[INITIAL_CAPACITY];
      head = 0;
    }
  }

  private void requireId() {
    if (size == 0) {
      throw new IllegalStateException("the queue is empty");
    }
  }
}
