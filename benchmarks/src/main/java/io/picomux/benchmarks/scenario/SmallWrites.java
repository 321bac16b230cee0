package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import java.io.IOException;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the client to the server as {@link Up}, but in small writes: what does each of them cost?
 */
@Command(name = "small", description = "Small writes from client to server.")
public final class SmallWrites extends BulkTransfer {

  /** A line of a log or a small message. */
  private static final String USUAL_WRITE_BYTES = "100";

  @Option(
      names = "--size",
      defaultValue = USUAL_WRITE_BYTES,
      description = "Bytes of a write; default " + USUAL_WRITE_BYTES + ".")
  private int writeBytes;

  /** Made by picocli. */
  public SmallWrites() {}

  @Override
  public Sizes sizes() {
    Shares.requireAtLeast("--size", writeBytes, 1);
    return super.sizes();
  }

  @Override
  void addFigures(Result result, Connection connection, long bytes, Span span) {
    result
        .count("size", writeBytes)
        .figure("writes_per_s", (double) bytes / writeBytes / span.seconds());
    OptionalDouble bodyBytes = connection.meanBodyBytes();
    if (bodyBytes.isPresent()) {
      result.figure("bytes_per_frame", bodyBytes.getAsDouble());
    }
  }

  @Override
  void move(PeerStream stream, long share, Progress unused) throws IOException {
    Up.fill(stream, share, writeBytes);
  }
}
