package io.picomux.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One direction of a byte transport on a {@link VirtualClock}: bytes arrive in order, after the
 * profile's latency, at its rate, in slices of random length. Not thread-safe.
 */
final class SimulatedLink {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final VirtualClock clock;
  private final LinkProfile profile;
  private final Random random;
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private final Consumer<ByteBuffer> receiver;
  private final Runnable onRoom;
  private int queuedBytes;
  private int slicesUnderWay;
  private boolean sending;

  /**
   * Creates an empty link.
   *
   * @param receiver gets each slice when it arrives
   * @param onRoom runs when the buffer has taken in less than it can
   */
  SimulatedLink(
      VirtualClock clock,
      LinkProfile profile,
      Random random,
      Consumer<ByteBuffer> receiver,
      Runnable onRoom) {
    this.clock = clock;
    this.profile = profile;
    this.random = random;
    this.receiver = receiver;
    this.onRoom = onRoom;
  }

  /** Returns whether the buffer takes in more; a frame may exceed it by its own length. */
  boolean hasRoom() {
    return queuedBytes < profile.bufferBytes();
  }

  /** Returns whether nothing is queued or under way. */
  boolean isIdle() {
    return queuedBytes == 0 && slicesUnderWay == 0;
  }

  /** Takes in bytes. */
  void send(byte[] bytes) {
    queue.add(ByteBuffer.wrap(bytes));
    queuedBytes += bytes.length;
    if (!sending) {
      sendSlice();
    }
  }

  private void sendSlice() {
    sending = true;
    byte[] slice = new byte[Math.min(queuedBytes, 1 + random.nextInt(profile.longestSliceBytes()))];
    clock.after(
        slice.length * NANOS_PER_SECOND / profile.bytesPerSecond(),
        () -> {
          take(slice);
          slicesUnderWay++;
          clock.after(
              profile.latencyNanos(),
              () -> {
                slicesUnderWay--;
                receiver.accept(ByteBuffer.wrap(slice));
              });
          if (queuedBytes > 0) {
            sendSlice();
          } else {
            sending = false;
          }
          if (hasRoom()) {
            onRoom.run();
          }
        });
  }

  private void take(byte[] slice) {
    int filled = 0;
    while (filled < slice.length) {
      ByteBuffer first = queue.element();
      int n = Math.min(first.remaining(), slice.length - filled);
      first.get(slice, filled, n);
      filled += n;
      if (!first.hasRemaining()) {
        queue.remove();
      }
    }
    queuedBytes -= slice.length;
  }
}
