package io.picomux.core;

/** Reads numbers from the bytes of an input; behind its end every number is 0. Not thread-safe. */
final class OperationReader {
  private final byte[] input;
  private int position;

  OperationReader(byte[] input) {
    this.input = input;
  }

  boolean hasMore() {
    return position < input.length;
  }

  /** Returns the next byte, 0 to 255. */
  int next() {
    return position < input.length ? input[position++] & 0xFF : 0;
  }

  /** Returns one of the values, chosen by the next byte. */
  int pick(int... values) {
    return values[next() % values.length];
  }

  /** Returns up to so many of the bytes that follow. */
  byte[] take(int bytes) {
    int length = Math.min(bytes, input.length - position);
    byte[] taken = new byte[length];
    System.arraycopy(input, position, taken, 0, length);
    position += length;
    return taken;
  }
}
