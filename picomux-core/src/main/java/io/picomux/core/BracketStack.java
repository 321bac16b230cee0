package io.picomux.core;

import java.util.Arrays;

/**
 * The brackets that are open at a place in a JSON text: one bit each, so that a text of 65,535
 * opening brackets costs 8 KiB and no recursion. Not thread-safe.
 */
final class BracketStack {

  /** A bit per open bracket: set for an object, clear for an array. */
  private long[] objects = {0};

  private int depth;

  /** Number of open brackets. */
  int depth() {
    return depth;
  }

  void open(boolean isObject) {
    int word = depth >>> 6;
    if (word == objects.length) {
      objects = Arrays.copyOf(objects, word * 2);
    }
    long bit = 1L << depth;
    objects[word] = isObject ? objects[word] | bit : objects[word] & ~bit;
    depth++;
  }

  /** Closes the innermost bracket; at least one must be open. */
  void close() {
    depth--;
  }

  /** Whether the innermost bracket is an object's; at least one must be open. */
  boolean inObject() {
    int innermost = depth - 1;
    return (objects[innermost >>> 6] >>> innermost & 1) != 0;
  }
}
