package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Decides which stream sends next. Not thread-safe.
 *
 * <p>Streams that owe a control frame go first. Data follows the deficit round-robin of fq_codel
 * (RFC 8290, section 4.1): a stream that was quiet is <em>sparse</em> and sends up to a quantum
 * before the others; one that has more joins the <em>bulk</em> streams, which take turns. A sparse
 * stream that runs empty passes once through the bulk queue, so it cannot gain by sending in small
 * pieces, and bulk never starves.
 */
final class SendScheduler {
  /** What a stream sends in a turn: one full frame. */
  static final int QUANTUM_BYTES = WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES;

  private final ArrayDeque<CoreStream> control = new ArrayDeque<>();
  private final ArrayDeque<CoreStream> sparse = new ArrayDeque<>();
  private final ArrayDeque<CoreStream> bulk = new ArrayDeque<>();

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
  void sent(CoreStream stream, int bodyBytes) {
    stream.deficitBytes -= WireFormat.HEADER_BYTES + bodyBytes;
  }

  private void toBulk(CoreStream stream) {
    stream.deficitBytes = Math.min(QUANTUM_BYTES, stream.deficitBytes + QUANTUM_BYTES);
    stream.dataQueue = CoreStream.DataQueue.BULK;
    bulk.add(stream);
  }
}
