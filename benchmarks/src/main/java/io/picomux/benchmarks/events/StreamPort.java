package io.picomux.benchmarks.events;

import io.picomux.benchmarks.link.Request;

/**
 * What carries a stream of a client. Used only as {@link ClientStream} is. What a write fails with
 * the stream hears.
 */
public interface StreamPort {

  /** Writes the request, the first on a stream; need not leave before {@link #flush}. */
  void request(Request request);

  /** Writes a few bytes; they need not leave before {@link #flush}. */
  void writeZeros(int count);

  /** Lets what was written leave. */
  void flush();

  /** Writes many bytes, as many at a time as the stream takes, and lets them leave. */
  void writeBulk(long bytes);

  /** Returns how many bytes of {@link #writeBulk} were taken, of which a few may be queued. */
  long bulkWrittenBytes();

  /** Ends the stream at this side. */
  void finish();
}
