package io.picomux;

import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams whose callbacks wait to write more, where callbacks run on the thread that writes for
 * all. Such a callback is called when there is room in what goes to the connection next, and much
 * that it writes goes straight there, instead of waiting in a queue, with a copy more, for the
 * streams before it.
 *
 * <p>Owned by the holder of the writer's role on the loop's thread; what may be called by others
 * says so.
 */
final class DirectWriters {
  /** Encodes frames of all streams, as the session's writer does. */
  interface Encoder {
    /** Appends frames to the target until it has the wanted bytes or there are none. */
    void encode(ByteBuffer target, int wantedBytes);
  }

  /** That a callback waits. */
  private static final class Wait {
    /** The tick in which it began. */
    long tick;

    /** Whether the stream stands among those that have their turn. */
    boolean hasTurn;
  }

  /**
   * A callback that waits for one to two of these is told of the room in its queue, as any: there
   * is no credit, or the connection takes little. Chosen by judgement: longer than a thousand
   * streams need for a turn each on loopback.
   */
  private static final long TICK_NANOS = 50_000_000;

  /** What a stream queues to be heard of when credit comes: one full frame. */
  private static final int LEAST_QUEUED_BYTES = WireFormat.DATA_BODY_BYTES;

  /** What a stream queues to have turns as long as others, see {@code SendScheduler}. */
  private static final int TURN_BYTES = 8 * WireFormat.DATA_BODY_BYTES;

  /**
   * After so many rounds nothing is left of what was queued before: twice the default of 8 MiB that
   * a session may have queued, in rounds of 56 KiB.
   */
  private static final int SETTLED_ROUNDS = 256;

  /** In so many rounds after that the parts of all are compared. */
  private static final int COMPARED_ROUNDS = 256;

  /** For so many rounds what was found counts, that others have more; chosen by judgement. */
  private static final int CROWDED_ROUNDS = 8_192;

  private final Session session;
  private final Encoder encoder;
  private final Map<StreamOutput, Wait> waits = new HashMap<>();
  private final ArrayDeque<StreamOutput> turns = new ArrayDeque<>();
  private long tick;
  private boolean ticking;

  // What others have.
  private int rounds;
  private boolean crowded;
  private long directBytes;
  private long otherBytes;

  /** The thread that has callbacks called, null while none does. */
  private volatile @Nullable Thread caller;

  private @Nullable ByteBuffer target;
  private int wantedPosition;
  private @Nullable StreamOutput called;
  private @Nullable StreamOutput lender;
  private @Nullable Throwable failure;

  DirectWriters(Session session, Encoder encoder) {
    this.session = session;
    this.encoder = encoder;
  }

  // ---- for the session's writer

  /** Has callbacks write into the target, until it has the wanted bytes or none waits. */
  void call(ByteBuffer newTarget, int wantedBytes) {
    if (!session.driver().mayCallWriters() || turns.isEmpty()) {
      return;
    }
    countRound();
    target = newTarget;
    wantedPosition = newTarget.position() + wantedBytes;
    caller = Thread.currentThread();
    try {
      StreamOutput next;
      while (hasRoom() && (next = turns.poll()) != null) {
        call(next);
      }
    } finally {
      caller = null;
      target = null;
    }
    rethrowFailure();
  }

  private void call(StreamOutput output) {
    Wait wait = waits.get(output);
    if (wait != null) {
      wait.hasTurn = false;
    }
    if (!output.waitsForDirectWrite()) {
      return;
    }
    called = output;
    try {
      output.callWritable();
    } finally {
      called = null;
    }
    if (!output.waitsForDirectWrite()) {
      begin(output);
    } else if (hasRoom()) {
      // It has found no room in the queue of the session, or does not want to write now.
      output.tellWritable();
    } else {
      add(output);
    }
  }

  private void rethrowFailure() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  // ---- for streams whose frames are filled

  /**
   * Returns whether the calling thread, which fills frames, leaves callbacks that wait to write to
   * this. May be called by any thread.
   */
  boolean isInUse() {
    return session.callbacks().runsOnCaller() && session.driver().mayCallWriters();
  }

  /**
   * A stream has nothing queued, and its callback waits to write more; only where this is in use.
   */
  void add(StreamOutput output) {
    Wait wait = begin(output);
    if (!wait.hasTurn) {
      wait.hasTurn = true;
      turns.add(output);
    }
  }

  /**
   * A frame of a stream was filled; only where this is in use.
   *
   * @param waits whether its callback waits to write more
   */
  void onFilled(StreamOutput output, int bytes, boolean waits) {
    if (isLender(output)) {
      directBytes += bytes;
    } else if (!waits) {
      otherBytes += bytes;
    }
  }

  /** Returns whether this stream is encoded from the buffer that its callback writes. */
  @SuppressWarnings("ReferenceEquality") // a stream is equal to itself only
  boolean isLender(StreamOutput output) {
    return lender == output;
  }

  // ---- for streams that are written

  /**
   * Returns whether the calling thread has callbacks called, and may {@link #encode}. By any
   * thread.
   */
  boolean isCaller() {
    return caller == Thread.currentThread() && lender == null;
  }

  /** Returns whether the calling thread has the callback of this stream called. By any thread. */
  @SuppressWarnings("ReferenceEquality") // a stream is equal to itself only
  boolean isCalled(StreamOutput output) {
    return caller == Thread.currentThread() && called == output;
  }

  /** Returns whether there is room for more; to be asked by the caller. */
  boolean hasRoom() {
    ByteBuffer room = target;
    return room != null && failure == null && room.position() < wantedPosition;
  }

  /**
   * Encodes while a stream lends what its callback writes. Never throws: what goes wrong is not the
   * callback's.
   *
   * @return how many bytes the frames of all streams take
   */
  int encode(StreamOutput output) {
    ByteBuffer room = target;
    if (room == null || !hasRoom()) {
      return 0;
    }
    int before = room.position();
    lender = output;
    try {
      encoder.encode(room, wantedPosition - before);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      lender = null;
    }
    return room.position() - before;
  }

  /**
   * Returns how many bytes the stream that is called queues of what did not go into frames: none
   * when it only has to wait for room, which is there soon. Without credit something has to be
   * queued, or the stream would not be heard of when it comes; and where others always have
   * something queued, whoever does not would have the smaller part.
   *
   * @param writtenBytes what has gone into frames
   * @param encodedBytes what the frames of all streams take
   */
  int bytesToQueue(int writtenBytes, int encodedBytes) {
    if (hasRoom()) {
      return LEAST_QUEUED_BYTES;
    }
    return crowded && 2 * writtenBytes < encodedBytes ? TURN_BYTES : 0;
  }

  private void countRound() {
    rounds++;
    if (rounds == SETTLED_ROUNDS) {
      directBytes = 0;
      otherBytes = 0;
    } else if (rounds == SETTLED_ROUNDS + COMPARED_ROUNDS) {
      crowded = otherBytes > directBytes / Math.max(1, waits.size());
      directBytes = 0;
      otherBytes = 0;
      rounds = crowded ? rounds : SETTLED_ROUNDS;
    } else if (rounds == SETTLED_ROUNDS + COMPARED_ROUNDS + CROWDED_ROUNDS) {
      // The others may have queued only because these did.
      crowded = false;
      rounds = 0;
    }
  }

  // ---- callbacks that wait for long

  private Wait begin(StreamOutput output) {
    Wait wait = waits.computeIfAbsent(output, unused -> new Wait());
    wait.tick = tick;
    if (!ticking) {
      ticking = true;
      session.driver().executeAfter(TICK_NANOS, this::onTick);
    }
    return wait;
  }

  /** Forgets who does not wait any more, and has those told who wait for long. */
  private void onTick() {
    tick++;
    List<StreamOutput> late = new ArrayList<>();
    waits
        .entrySet()
        .removeIf(entry -> {
          StreamOutput output = entry.getKey();
          boolean waiting = output.waitsToWrite() && session.termination().cause() == null;
          boolean isLate = waiting && entry.getValue().tick < tick - 1;
          if (isLate) {
            late.add(output);
          }
          if (entry.getValue().hasTurn && (isLate || !waiting)) {
            turns.remove(output);
          }
          return isLate || !waiting;
        });
    ticking = !waits.isEmpty();
    if (ticking) {
      session.driver().executeAfter(TICK_NANOS, this::onTick);
    }
    late.forEach(StreamOutput::tellWritable);
  }
}
