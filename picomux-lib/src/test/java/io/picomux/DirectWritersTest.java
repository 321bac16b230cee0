package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.FrameDecoder;
import io.picomux.core.MuxConfig;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks that write as there is room in what goes to the connection. */
@Timeout(60)
class DirectWritersTest {
  private static final int BODY_BYTES = 8192;

  private static final int FRAME_BYTES = WireFormat.HEADER_BYTES + BODY_BYTES;

  /** After so much the connection counts as fast: time stands still. */
  private static final int FAST_AFTER_BYTES = 600_000;

  /** What a round has where all write much, and at the least over a fast connection. */
  private static final int ROUND_BODY_BYTES = 7 * BODY_BYTES;

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int QUEUE_BYTES = 256 << 10;

  /** What the peer grants without being asked. */
  private static final int FIRST_CREDIT_FRAMES = 10;

  /** A prime, so that no frame is as another. */
  private static final int PATTERN_BYTES = 251;

  private static final ByteBuffer PATTERN = pattern();

  private static final int MUCH_CREDIT_FRAMES = 0xFFFF;

  private final ArrayDeque<Runnable> ticks = new ArrayDeque<>();
  private final StillSession still;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Map<Integer, Source> sources = new HashMap<>();
  private final Map<Integer, Long> receivedBytes = new HashMap<>();

  private int dataFrames;

  /** What the last round takes of the connection. */
  private int roundBytes;

  DirectWritersTest() throws IOException {
    still =
        StillSession.over(
            MuxConfig.DEFAULT,
            new StillDriver() {
              @Override
              public boolean mayCallWriters() {
                return true;
              }

              @Override
              public boolean fillsSegments() {
                return true;
              }

              @Override
              public void executeAfter(long nanos, Runnable task) {
                ticks.add(task);
              }
            },
            () -> 0);
  }

  private static ByteBuffer pattern() {
    ByteBuffer pattern = ByteBuffer.allocate(PATTERN_BYTES + BLOCK_BYTES);
    while (pattern.hasRemaining()) {
      pattern.put((byte) (pattern.position() % PATTERN_BYTES));
    }
    return pattern.flip();
  }

  @AfterEach
  void end() {
    still.close();
  }

  @Test
  void muchThatIsWrittenWhenThereIsRoomIsNeverQueued() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    int calls = source.calls;
    for (int i = 0; i < 20; i++) {
      assertFullRound();
      assertThat(source.stream.stats().queuedBytes()).isZero();
    }
    assertThat(source.calls).isEqualTo(calls + 20);
    assertThat(source.acceptedBytes).isEqualTo(received(source));
    assertThat(source.stream.stats().bytesWritten()).isEqualTo(received(source));
  }

  /** A rest of a few bytes goes with what comes next. */
  @Test
  void whatASegmentHasNoRoomForIsNotQueuedEither() throws Exception {
    Source source = fast(BLOCK_BYTES);
    int rounds = 1_000;
    long bytes = 0;
    for (int i = 0; i < rounds; i++) {
      assertFullRound();
      bytes += roundBytes;
    }
    assertThat(bytes / rounds).isGreaterThan(Driver.LOOPBACK_SEGMENT_BYTES - 500);
    assertThat(source.rests).isGreaterThan(10);
    assertThat(source.restBytesQueued).isZero();
  }

  /** What a write has left is no reason to write by itself what comes after it. */
  @Test
  void smallWritesOfACallbackFillFrames() throws Exception {
    Source source = fast(/* blockBytes= */ 100);
    long before = received(source);
    int framesBefore = dataFrames;
    for (int i = 0; i < 50; i++) {
      round();
    }
    assertThat((received(source) - before) / (dataFrames - framesBefore))
        .isGreaterThan(BODY_BYTES / 2);
  }

  @Test
  void streamsWriteByTurns() throws Exception {
    List<Source> sources = List.of(new Source(BLOCK_BYTES), new Source(50_000), new Source(9_000));
    for (Source source : sources) {
      drainQueue(source);
    }
    List<Long> before = sources.stream().map(this::received).toList();
    int turns = 40;
    for (int i = 0; i < 3 * turns; i++) {
      assertThat(round()).isPositive();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(received(sources.get(i)) - before.get(i))
          .as("stream " + i)
          .isBetween(
              (turns - 1L) * ROUND_BODY_BYTES, (turns + 1L) * (ROUND_BODY_BYTES + BODY_BYTES));
    }
  }

  /** Whoever always has something queued does not get more for that. */
  @Test
  void aStreamBesideOneThatQueuesHasItsPart() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    MuxStream queueing = still.mux().open(new byte[0]);
    still.grant(queueing.id(), MUCH_CREDIT_FRAMES);
    byte[] zeros = new byte[QUEUE_BYTES];
    long before = received(source);
    for (int i = 0; i < 5_000; i++) {
      queueing.tryWrite(ByteBuffer.wrap(zeros));
      still.grant(source.stream.id(), 8);
      still.grant(queueing.id(), 8);
      round();
    }
    long other = receivedBytes.getOrDefault(queueing.id(), 0L);
    assertThat((double) (received(source) - before) / other).isBetween(0.7, 1.4);
  }

  @Test
  void withoutCreditOneFrameIsQueuedAndTheRestComesWithTheCredit() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source, /* thenCredit= */ 3);
    assertThat(round()).isEqualTo(3 * BODY_BYTES);
    assertThat(source.stream.stats().queuedBytes()).isEqualTo(BODY_BYTES);
    assertThat(round()).isZero();
    still.grant(source.stream.id(), 100);
    assertThat(round()).as("what was queued").isEqualTo(BODY_BYTES);
    assertThat(round()).isEqualTo(ROUND_BODY_BYTES);
    assertThat(source.stream.stats().queuedBytes()).isZero();
  }

  @Test
  void whereTheConnectionTakesNothingForAWhileCallbacksFillTheQueue() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    assertThat(round()).isEqualTo(ROUND_BODY_BYTES);
    tick();
    assertThat(source.stream.stats().queuedBytes()).isZero();
    tick();
    assertThat(source.stream.stats().queuedBytes()).isEqualTo(QUEUE_BYTES);
    assertThat(ticks).as("nobody waits").isEmpty();
    assertThat(round()).as("once more, from the queue").isEqualTo(ROUND_BODY_BYTES);
  }

  @Test
  void withoutCreditForAWhileCallbacksFillTheQueue() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source, /* thenCredit= */ 3);
    assertThat(round()).isEqualTo(3 * BODY_BYTES);
    tick();
    tick();
    assertThat(source.stream.stats().queuedBytes()).isEqualTo(QUEUE_BYTES);
  }

  @Test
  void whoeverWaitsInACallbackThatEndsTheStreamHearsOfIt() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    int calls = source.calls;
    source.after =
        () -> {
          source.after = () -> {};
          source.stream.shutdownOutput();
        };
    round();
    assertThat(source.calls).isEqualTo(calls + 2);
    assertThat(source.failures).isOne();
    assertThat(round()).isZero();
    assertThat(received(source)).isEqualTo(source.acceptedBytes);
  }

  @Test
  void whatIsEndedBetweenTwoWritesOfACallbackIsRefused() throws Exception {
    Source source = new Source(3 * BODY_BYTES);
    drainQueue(source);
    source.before = source.stream::shutdownOutput;
    round();
    assertThat(source.failures).isOne();
    assertThat(round()).isZero();
  }

  /** As they have it among themselves. */
  @Test
  void oneThatQueuesBesideManyHasItsPart() throws Exception {
    List<Source> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Source source = new Source(BLOCK_BYTES);
      many.add(source);
      drainQueue(source);
    }
    MuxStream queueing = still.mux().open(new byte[0]);
    byte[] zeros = new byte[QUEUE_BYTES];
    long before = many.stream().mapToLong(this::received).sum();
    for (int i = 0; i < 20_000; i++) {
      queueing.tryWrite(ByteBuffer.wrap(zeros));
      still.grant(queueing.id(), 8);
      for (Source source : many) {
        still.grant(source.stream.id(), 8);
      }
      round();
    }
    double each = (many.stream().mapToLong(this::received).sum() - before) / 10.0;
    assertThat(receivedBytes.getOrDefault(queueing.id(), 0L) / each).isBetween(0.7, 1.6);
  }

  @Test
  void aCallbackThatThrowsOrClosesHarmsNoOther() throws Exception {
    Source throwing = new Source(BLOCK_BYTES);
    Source closing = new Source(BLOCK_BYTES);
    Source good = new Source(BLOCK_BYTES);
    for (Source source : List.of(throwing, closing, good)) {
      drainQueue(source);
    }
    throwing.after =
        () -> {
          throw new IllegalStateException("thrown by the callback");
        };
    closing.after = () -> closing.stream.close();
    long before = received(good);
    for (int i = 0; i < 20; i++) {
      round();
    }
    assertThat(received(good) - before).isGreaterThan(8L * ROUND_BODY_BYTES);
    assertThat(received(throwing)).isEqualTo(throwing.acceptedBytes);
    assertThat(received(closing)).isEqualTo(closing.acceptedBytes);
  }

  /** A write of one stream in the callback of another finds its room, or its queue. */
  @Test
  void aCallbackMayWriteOnOtherStreams() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    MuxStream other = still.mux().open(new byte[0]);
    round();
    ByteBuffer block = ByteBuffer.allocate(2 * BODY_BYTES);
    source.before =
        () -> {
          other.tryWrite(block);
          assertThat(block.hasRemaining()).isFalse();
          source.before = () -> {};
        };
    for (int i = 0; i < 5; i++) {
      round();
    }
    assertThat(receivedBytes.get(other.id())).isEqualTo(2L * BODY_BYTES);
    assertThat(received(source)).isEqualTo(source.acceptedBytes);
  }

  @Test
  void aCallbackMayAskAgainToBeCalled() throws Exception {
    Source source = new Source(BLOCK_BYTES);
    drainQueue(source);
    source.after = () -> source.stream.onWritable(source);
    int calls = source.calls;
    for (int i = 0; i < 10; i++) {
      assertFullRound();
    }
    assertThat(source.calls).isEqualTo(calls + 10);
  }

  /** Everything that was accepted arrives, in order, however writes and credit come. */
  @Test
  void whateverIsAcceptedArrivesInOrder() throws Exception {
    long seed = Long.getLong("picomux.seed", System.nanoTime());
    System.out.println("DirectWritersTest: repeat with -Dpicomux.seed=" + seed);
    Random random = new Random(seed);
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Source source = new Source(BLOCK_BYTES);
      source.random = random;
      sources.add(source);
    }
    for (Source source : sources) {
      // One of them may be in the middle of a write.
      source.before = () -> sources.get(random.nextInt(sources.size())).offer(BLOCK_BYTES);
    }
    for (int i = 0; i < 3_000; i++) {
      Source source = sources.get(random.nextInt(sources.size()));
      switch (random.nextInt(5)) {
        case 0 -> still.grant(source.stream.id(), 1 + random.nextInt(20));
        case 1 -> source.offer(1 + random.nextInt(20_000));
        case 2 -> tick();
        default -> round();
      }
    }
    for (Source source : sources) {
      source.left = 0;
      source.before = () -> {};
      still.grant(source.stream.id(), MUCH_CREDIT_FRAMES / 2);
    }
    while (round() > 0) {
      // Until nothing is queued.
    }
    for (Source source : sources) {
      assertThat(received(source)).isEqualTo(source.acceptedBytes).isPositive();
    }
  }

  /** Returns a source that waits for room, over a connection that counts as fast. */
  private Source fast(int blockBytes) throws Exception {
    Source source = new Source(blockBytes);
    drainQueue(source);
    while (received(source) < FAST_AFTER_BYTES) {
      round();
    }
    return source;
  }

  /** Lets a source fill its queue, and all of that leave, so that its callback waits for room. */
  private void drainQueue(Source source) throws Exception {
    drainQueue(source, MUCH_CREDIT_FRAMES / 2);
  }

  private void drainQueue(Source source, int thenCredit) throws Exception {
    int queuedFrames = QUEUE_BYTES / BODY_BYTES;
    still.grant(source.stream.id(), queuedFrames - FIRST_CREDIT_FRAMES + thenCredit);
    while (source.stream.stats().queuedBytes() > 0) {
      assertThat(round()).isPositive();
    }
  }

  /** Returns bytes that tell their place in a stream. */
  private static ByteBuffer content(long position, int length) {
    return PATTERN.slice((int) (position % PATTERN_BYTES), length);
  }

  private void tick() {
    for (int i = ticks.size(); i > 0; i--) {
      ticks.remove().run();
    }
  }

  private long received(Source source) {
    return receivedBytes.getOrDefault(source.stream.id(), 0L);
  }

  private void assertFullRound() throws ProtocolViolationException {
    round();
    assertThat(roundBytes).isBetween(7 * FRAME_BYTES, Driver.LOOPBACK_SEGMENT_BYTES);
  }

  /** Takes one round of what is to be written; returns how many bytes of data it has. */
  private int round() throws ProtocolViolationException {
    ByteBuffer target = ByteBuffer.allocateDirect(Driver.ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    still.session().fill(target, Driver.ROUND_BYTES);
    roundBytes = target.flip().remaining();
    assertThat(roundBytes).isLessThanOrEqualTo(Driver.LOOPBACK_SEGMENT_BYTES);
    int bytes = 0;
    while (true) {
      switch (decoder.next(target)) {
        case NEED_INPUT -> {
          return bytes;
        }
        case DATA -> {
          int length = decoder.dataBytes();
          long before = receivedBytes.getOrDefault(decoder.streamId(), 0L);
          if (sources.containsKey(decoder.streamId())) {
            int index = target.position();
            assertThat(target.slice(index, length)).isEqualTo(content(before, length));
          }
          receivedBytes.put(decoder.streamId(), before + length);
          target.position(target.position() + length);
          bytes += length;
        }
        case DATA_START -> dataFrames++;
        case CONTROL -> {}
      }
    }
  }

  /** Part of a callback. */
  private interface Action {
    void run() throws IOException;
  }

  /** Writes as much as the stream takes whenever it is called; bytes tell their place. */
  private final class Source implements Runnable {
    final MuxStream stream;
    Action before = () -> {};
    Action after = () -> {};
    int calls;
    int failures;
    int rests;
    long restBytesQueued;
    long acceptedBytes;
    long left = Long.MAX_VALUE;
    private final int blockBytes;
    @Nullable Random random;
    private boolean offering;
    private boolean calledMeanwhile;
    private ByteBuffer block = ByteBuffer.allocate(0);

    Source(int blockBytes) throws IOException {
      this.blockBytes = blockBytes;
      stream = still.mux().open(new byte[0]);
      sources.put(stream.id(), this);
      stream.onWritable(this);
    }

    @Override
    public void run() {
      calls++;
      try {
        before.run();
        while (left > 0 && offer(blockBytes)) {
          left--;
        }
        after.run();
      } catch (IOException e) {
        failures++;
        throw new UncheckedIOException(e);
      }
    }

    /** Offers a block, or what is left of the last one; returns whether all of it is taken. */
    boolean offer(int bytes) throws IOException {
      if (offering) {
        // Called while a write of it is not over: it has made room by what it let leave.
        calledMeanwhile = true;
        return false;
      }
      boolean taken;
      offering = true;
      try {
        taken = offerNow(bytes);
      } finally {
        offering = false;
      }
      if (calledMeanwhile) {
        calledMeanwhile = false;
        run();
      }
      return taken;
    }

    private boolean offerNow(int bytes) throws IOException {
      if (!block.hasRemaining()) {
        int length = random == null || random.nextBoolean() ? bytes : 1 + random.nextInt(bytes);
        block = ByteBuffer.allocate(length).put(content(acceptedBytes, length)).flip();
      }
      int remaining = block.remaining();
      int n = stream.tryWrite(block);
      assertThat(n).isEqualTo(remaining - block.remaining());
      acceptedBytes += n;
      if (remaining < Math.min(BODY_BYTES, blockBytes)) {
        rests++;
        restBytesQueued += stream.stats().queuedBytes();
      }
      if (block.hasRemaining()) {
        return false;
      }
      // What was written belongs to the caller again.
      Arrays.fill(block.array(), (byte) -1);
      return true;
    }
  }
}
