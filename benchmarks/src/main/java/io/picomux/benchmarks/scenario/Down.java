package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.EOFException;
import java.io.IOException;
import picocli.CommandLine.Command;

/** From the server to the client: from the first request to the last byte. */
@Command(name = "down", description = "Bulk from server to client.")
public final class Down extends BulkTransfer {

  /** Made by picocli. */
  public Down() {}

  @Override
  void move(PeerStream stream, long share, Progress progress) throws IOException {
    request(stream, Request.Mode.SOURCE, share);
    byte[] buffer = new byte[BULK_BYTES];
    long left = share;
    while (left > 0) {
      int n = stream.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException("the stream ended with " + left + " of " + share + " bytes to come");
      }
      progress.arrived(n, System.nanoTime());
      left -= n;
    }
  }
}
