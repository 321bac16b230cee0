package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Decides which stream sends next. Not thread-safe.
 *
 * <p>Streams that owe a control frame go first. Data follows the deficit round-robin of fq_codel
 * (RFC 8290, section 4.1): a stream that was quiet is <em>sparse</em> and sends up to a quantum
 * before the others; one that has more joins the <em>bulk</em> streams, which take turns; the
 * faster the connection, the longer the turns. A sparse stream that runs empty passes once through
 * the bulk queue, so it cannot gain by sending in small pieces, and bulk never starves.
 */
final class SendScheduler {
  /** What a sparse stream sends before the others: one full frame. */
  static final int QUANTUM_BYTES = WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES;

  /**
   * What a bulk stream sends in its turn at the most: eight full frames, about what is handed to
   * the connection at once, and what an array of 64 KiB takes. With turns of one frame each piece
   * of input has data for eight readers, who must all be woken: measured with 60 streams,
   * throughput is a quarter lower.
   */
  private static final int MOST_TURN_QUANTA = 8;

  /**
   * How long a turn may take, which a stream that has just become quiet waits for: on a slow
   * connection turns are of one frame. Chosen by judgement: a gigabit a second has full turns.
   */
  private static final long TURN_NANOS = 500_000;

  /** After so much data the rate is measured anew; chosen by judgement: some writes of ours. */
  private static final long RATE_SAMPLE_BYTES = 512 << 10;

  private final ArrayDeque<CoreStream> control = new ArrayDeque<>();
  private final ArrayDeque<CoreStream> sparse = new ArrayDeque<>();
  private final ArrayDeque<CoreStream> bulk = new ArrayDeque<>();
  private int turnBytes = QUANTUM_BYTES;
  private long sampleBytes;
  private long sampleStartNanos;

  /** Returns whether a stream may have something to send. */
  boolean mayHaveWork() {
    return !control.isEmpty() || !sparse.isEmpty() || !bulk.isEmpty();
  }

  /** A stream may owe a control frame. */
  void controlReady(CoreStream stream) {
    if (!stream.inControlQueue) {
      stream.inControlQueue = true;
      control.add(stream);
    }
  }

  /**
   * Returns the stream whose control frames come next, or null; it stays until {@link
   * #controlDone}.
   */
  @Nullable CoreStream nextControl() {
    return control.peek();
  }

  /** The first stream of the control queue owes nothing more. */
  void controlDone() {
    control.remove().inControlQueue = false;
  }

  /** The application has brought data for a stream. */
  void dataReady(CoreStream stream) {
    if (stream.dataQueue == CoreStream.DataQueue.NONE) {
      stream.deficitBytes = QUANTUM_BYTES;
      stream.dataQueue = CoreStream.DataQueue.SPARSE;
      sparse.add(stream);
    }
  }

  /** Credit has come for a stream that had none. */
  void creditReady(CoreStream stream) {
    if (stream.dataQueue == CoreStream.DataQueue.NONE) {
      toBulk(stream);
    }
  }

  /** Returns the stream whose data frame comes next, or null when none has both data and credit. */
  @Nullable CoreStream nextData() {
    while (true) {
      boolean fromSparse = !sparse.isEmpty();
      CoreStream stream = fromSparse ? sparse.peek() : bulk.peek();
      if (stream == null) {
        return null;
      }
      if (!stream.canSendData()) {
        (fromSparse ? sparse : bulk).remove();
        if (fromSparse && stream.state.sends()) {
          toBulk(stream);
        } else {
          stream.dataQueue = CoreStream.DataQueue.NONE;
        }
      } else if (stream.deficitBytes <= 0) {
        (fromSparse ? sparse : bulk).remove();
        toBulk(stream);
      } else {
        return stream;
      }
    }
  }

  /** The stream of {@link #nextData} sends a frame. */
  void sent(CoreStream stream, int bodyBytes, long nowNanos) {
    int bytes = WireFormat.HEADER_BYTES + bodyBytes;
    stream.deficitBytes -= bytes;
    sampleBytes += bytes;
    if (sampleBytes >= RATE_SAMPLE_BYTES) {
      long quanta =
          sampleBytes * TURN_NANOS / Math.max(1, nowNanos - sampleStartNanos) / QUANTUM_BYTES;
      turnBytes = Math.clamp(quanta, 1, MOST_TURN_QUANTA) * QUANTUM_BYTES;
      sampleBytes = 0;
      sampleStartNanos = nowNanos;
    }
  }

  /** Returns whether bulk streams have full turns: the connection has been fast lately. */
  boolean hasFullTurns() {
    return turnBytes == MOST_TURN_QUANTA * QUANTUM_BYTES;
  }

  /** The connection takes nothing: tells all who have something to send. */
  void heldUp() {
    sparse.forEach(CoreStream::heldUp);
    bulk.forEach(CoreStream::heldUp);
  }

  private void toBulk(CoreStream stream) {
    stream.deficitBytes = Math.min(turnBytes, stream.deficitBytes + turnBytes);
    stream.dataQueue = CoreStream.DataQueue.BULK;
    bulk.add(stream);
  }
}
