package io.picomux.core;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What {@link SendScheduler} takes to say whose data frame comes next. No stream lacks credit: that
 * is what {@link SendCreditBenchmark} is about.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScheduleBenchmark {
  static final int FRAMES = 1024;

  /** A frame for each bulk frame, so that the quiet streams have half of all. */
  private static final int ROUNDS = FRAMES / 2;

  private static final int BULK_STREAMS = 60;

  /** So many that none comes again while it passes through the bulk queue. */
  private static final int QUIET_STREAMS = 1000;

  /** A connection of a GB a second, on which bulk streams have turns of eight frames. */
  private static final long NANOS_PER_BYTE = 1;

  /** Made by JMH. */
  public ScheduleBenchmark() {}

  /** A scheduler and how far its connection has come. */
  private static final class Sender {
    final SendScheduler scheduler = new SendScheduler();
    private int streams;
    private long nowNanos;

    CoreStream addStream(Supply supply) {
      return new CoreStream(++streams, true, new byte[0], supply, 0);
    }

    /** Adds streams with data; they have had their start as sparse ones. */
    void addBulkStreams(int count) {
      for (int i = 0; i < count; i++) {
        scheduler.dataReady(addStream(Supply.endless()));
        send();
      }
    }

    /** Sends the next frame; returns its stream. */
    CoreStream send() {
      CoreStream stream = scheduler.nextData();
      SendSource source = stream == null ? null : stream.source();
      if (stream == null || source == null) {
        throw new IllegalStateException("no stream has data");
      }
      int bytes = Math.min(source.pendingBytes(), WireFormat.DATA_BODY_BYTES);
      source.scheduled(bytes);
      nowNanos += (WireFormat.HEADER_BYTES + bytes) * NANOS_PER_BYTE;
      scheduler.sent(stream, bytes, nowNanos);
      return stream;
    }
  }

  /** Streams that all have more to send than fits. */
  @State(Scope.Thread)
  public static class Bulk {
    /** How many streams there are. */
    @Param({"1", "60", "1000"})
    int streams;

    private final Sender sender = new Sender();

    /** Made by JMH. */
    public Bulk() {}

    /** Gives every stream data. */
    @Setup
    public void setUp() {
      sender.addBulkStreams(streams);
    }
  }

  /** Streams of both kinds. */
  @State(Scope.Thread)
  public static class SparseBesideBulk {
    private final Sender sender = new Sender();
    private final Supply[] supplies = new Supply[QUIET_STREAMS];
    private final CoreStream[] quiet = new CoreStream[QUIET_STREAMS];
    private int next;

    /** Made by JMH. */
    public SparseBesideBulk() {
      sender.addBulkStreams(BULK_STREAMS);
      for (int i = 0; i < QUIET_STREAMS; i++) {
        supplies[i] = Supply.empty();
        quiet[i] = sender.addStream(supplies[i]);
      }
    }

    /** A quiet stream has something to send; returns it. */
    private CoreStream writeToNext() {
      int i = next;
      next = i + 1 == QUIET_STREAMS ? 0 : i + 1;
      supplies[i].write(FrameMix.SMALL_BODY_BYTES);
      sender.scheduler.dataReady(quiet[i]);
      return quiet[i];
    }
  }

  /** Full frames of streams that take turns. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long bulk(Bulk state) {
    long sum = 0;
    for (int i = 0; i < FRAMES; i++) {
      sum += state.sender.send().id();
    }
    return sum;
  }

  /**
   * A frame of 100 bytes of a stream that was quiet, then a full one of 60 bulk streams, and so on.
   */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long sparseBesideBulk(SparseBesideBulk state) {
    long sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
      CoreStream quiet = state.writeToNext();
      if (state.sender.send() != quiet) {
        throw new IllegalStateException(quiet + " has waited for bulk");
      }
      sum += state.sender.send().id();
    }
    return sum;
  }
}
