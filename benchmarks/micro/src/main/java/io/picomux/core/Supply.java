package io.picomux.core;

/** Data of one stream that waits to be sent, without the bytes. Not thread-safe. */
final class Supply implements SendSource {
  private final int writeBytes;
  private int pendingBytes;

  private Supply(int writeBytes) {
    this.writeBytes = writeBytes;
    this.pendingBytes = writeBytes;
  }

  /** Returns a supply that never ends: writes of 64 KiB, one after the other. */
  static Supply endless() {
    return new Supply(FrameMix.BUFFER_BYTES);
  }

  /** Returns a supply with nothing in it. */
  static Supply empty() {
    return new Supply(0);
  }

  /** Adds bytes. */
  void write(int bytes) {
    pendingBytes += bytes;
  }

  @Override
  public int pendingBytes() {
    return pendingBytes;
  }

  @Override
  public void scheduled(int bytes) {
    pendingBytes -= bytes;
    if (pendingBytes == 0) {
      pendingBytes = writeBytes;
    }
  }
}
