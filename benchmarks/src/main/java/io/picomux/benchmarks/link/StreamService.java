package io.picomux.benchmarks.link;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The server's side of a stream: reads the request and does what it asks. Stateless. */
final class StreamService {

  /** The length of a read or write of a bulk transfer, the same for every peer. */
  private static final int BULK_BYTES = 64 << 10;

  /**
   * The length of a read of an echo; chosen by judgement: messages are small, silent streams many.
   */
  static final int ECHO_BYTES = 1 << 10;

  private StreamService() {}

  /**
   * Serves a stream to its end and closes it. A failure only ends the stream: the client has asked
   * for the transfer and reports what did not work.
   */
  static void serve(PeerStream stream) {
    try (stream) {
      byte[] encoded = new byte[Request.LENGTH_BYTES];
      stream.readFully(encoded);
      Request request = Request.decode(ByteBuffer.wrap(encoded));
      switch (request.mode()) {
        case SINK -> sink(stream, request.bytes());
        case SOURCE -> source(stream, request.bytes());
        case ECHO -> echo(stream);
      }
    } catch (IOException e) {
      System.getLogger("io.picomux.benchmarks").log(System.Logger.Level.DEBUG, "stream ended", e);
    }
  }

  private static void sink(PeerStream stream, long bytes) throws IOException {
    byte[] buffer = new byte[BULK_BYTES];
    long left = bytes;
    while (left > 0) {
      int n = stream.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        return;
      }
      ReceivedBytes.add(n);
      left -= n;
    }
    stream.write(new byte[] {Request.DONE}, 0, 1);
    awaitClose(stream, buffer);
  }

  private static void source(PeerStream stream, long bytes) throws IOException {
    byte[] buffer = new byte[BULK_BYTES];
    for (long left = bytes; left > 0; left -= buffer.length) {
      stream.write(buffer, 0, (int) Math.min(left, buffer.length));
    }
    awaitClose(stream, buffer);
  }

  private static void echo(PeerStream stream) throws IOException {
    byte[] buffer = new byte[ECHO_BYTES];
    int n;
    while ((n = stream.read(buffer, 0, buffer.length)) >= 0) {
      stream.write(buffer, 0, n);
    }
  }

  private static void awaitClose(PeerStream stream, byte[] buffer) throws IOException {
    int n;
    do {
      n = stream.read(buffer, 0, buffer.length);
    } while (n >= 0);
  }
}
