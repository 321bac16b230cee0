package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;

/** Sends messages on one echo stream, each after the answer to the one before. Not thread-safe. */
final class RoundTrips {
  private final PeerStream stream;
  private final byte[] message;
  private final byte[] answer;

  /** Takes a fresh stream and asks for an echo on it. */
  RoundTrips(PeerStream stream, int messageBytes) throws IOException {
    this.stream = stream;
    this.message = new byte[messageBytes];
    this.answer = new byte[messageBytes];
    BulkTransfer.request(stream, Request.Mode.ECHO, 0);
  }

  /** Makes some round trips; returns the time of each in nanoseconds. */
  long[] make(int count) throws IOException {
    long[] nanos = new long[count];
    long before = System.nanoTime();
    for (int i = 0; i < count; i++) {
      stream.write(message, 0, message.length);
      stream.readFully(answer);
      long after = System.nanoTime();
      nanos[i] = after - before;
      before = after;
    }
    return nanos;
  }
}
