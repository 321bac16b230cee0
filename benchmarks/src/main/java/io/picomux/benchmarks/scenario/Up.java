package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import picocli.CommandLine.Command;

/** From the client to the server: from the first write to the last answer. */
@Command(name = "up", description = "Bulk from client to server.")
public final class Up extends BulkTransfer {

  /** Made by picocli. */
  public Up() {}

  @Override
  void move(PeerStream stream, long share, Progress unused) throws IOException {
    fill(stream, share, BULK_BYTES);
  }

  /** Fills a sink by writes of a length, and waits for its answer. */
  static void fill(PeerStream stream, long bytes, int writeBytes) throws IOException {
    request(stream, Request.Mode.SINK, bytes);
    byte[] buffer = new byte[writeBytes];
    for (long left = bytes; left > 0; left -= buffer.length) {
      stream.write(buffer, 0, (int) Math.min(left, buffer.length));
    }
    awaitDone(stream);
  }

  /** Waits for the answer of a sink. */
  static void awaitDone(PeerStream stream) throws IOException {
    byte[] answer = new byte[1];
    stream.readFully(answer);
    if (answer[0] != Request.DONE) {
      throw new IOException("the server answered " + answer[0] + ", must be " + Request.DONE);
    }
  }
}
