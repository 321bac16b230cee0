package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendSchedulerTest {
  private static final int FULL_FRAME_BYTES = 8192;

  /** A connection of 8 MB a second, on which turns are of one frame. */
  private static final long SLOW_NANOS_PER_FRAME = 1_000_000;

  private final SendScheduler scheduler = new SendScheduler();
  private long nowNanos;
  private long nanosPerFrame = SLOW_NANOS_PER_FRAME;

  /** A stream's data as the scheduler sees it. */
  private static final class Pending implements SendSource {
    int bytes;
    long sentBytes;
    int timesHeldUp;

    @Override
    public int pendingBytes() {
      return bytes;
    }

    @Override
    public void scheduled(int count) {
      bytes -= count;
      sentBytes += count;
    }

    @Override
    public void heldUp() {
      timesHeldUp++;
    }
  }

  @Test
  void aStreamWithoutDataOrCreditIsPassedOver() {
    CoreStream empty = stream(1, 0);
    CoreStream withoutCredit = stream(2, 100);
    while (!withoutCredit.lacksSendCredit()) {
      withoutCredit.useSendCredit();
    }
    CoreStream ready = stream(3, 100);
    scheduler.dataReady(empty);
    scheduler.dataReady(withoutCredit);
    scheduler.dataReady(ready);
    assertThat(send()).isSameAs(ready);
    assertThat(send()).isNull();
    assertThat(scheduler.mayHaveWork()).isFalse();
  }

  @Test
  void creditBringsAStreamBackInTurn() throws Exception {
    CoreStream stream = stream(1, 100 * FULL_FRAME_BYTES);
    scheduler.dataReady(stream);
    for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
      assertThat(send()).isSameAs(stream);
    }
    assertThat(send()).isNull();
    stream.grantSendCredit(1);
    scheduler.creditReady(stream);
    assertThat(send()).isSameAs(stream);
    assertThat(send()).isNull();
  }

  @Test
  void turnsAreFullOnAFastConnectionOnly() {
    bulkStream(1);
    bulkStream(2);
    sendMany(200);
    assertThat(scheduler.hasFullTurns()).isFalse();
    nanosPerFrame = 10_000;
    sendMany(200);
    assertThat(scheduler.hasFullTurns()).isTrue();
    nanosPerFrame = SLOW_NANOS_PER_FRAME;
    sendMany(200);
    assertThat(scheduler.hasFullTurns()).isFalse();
  }

  @Test
  void whoHasSomethingToSendHearsThatTheConnectionTakesNothing() {
    CoreStream bulk = bulkStream(1);
    send();
    send();
    CoreStream sparse = stream(2, 50);
    scheduler.dataReady(sparse);
    CoreStream silent = stream(3, 0);
    scheduler.heldUp();
    assertThat(timesHeldUp(bulk)).isEqualTo(1);
    assertThat(timesHeldUp(sparse)).isEqualTo(1);
    assertThat(timesHeldUp(silent)).isZero();
  }

  private static int timesHeldUp(CoreStream stream) {
    return ((Pending) source(stream)).timesHeldUp;
  }

  @Test
  void aQuietStreamOvertakesBulk() {
    CoreStream bulk = bulkStream(1);
    CoreStream otherBulk = bulkStream(2);
    for (int i = 0; i < 3; i++) {
      send();
    }
    CoreStream quiet = stream(3, 50);
    scheduler.dataReady(quiet);
    assertThat(send()).isSameAs(quiet);
    assertThat(List.of(bulk, otherBulk)).contains(send());
  }

  @Test
  void aQuietStreamWithMoreThanOneFrameBecomesBulk() {
    CoreStream bulk = bulkStream(1);
    for (int i = 0; i < 3; i++) {
      send();
    }
    CoreStream other = stream(2, 3 * FULL_FRAME_BYTES);
    scheduler.dataReady(other);
    assertThat(sendMany(5))
        .as("its first frame goes ahead, the others in turn")
        .containsExactly(other, other, bulk, other, bulk);
  }

  /** Or it would gain by sending in small pieces. */
  @Test
  void aQuietStreamThatRanEmptyPassesOnceThroughTheBulkQueue() {
    for (int i = 0; i < 5; i++) {
      bulkStream(i);
    }
    sendMany(7);
    CoreStream quiet = stream(9, 50);
    scheduler.dataReady(quiet);
    assertThat(send()).isSameAs(quiet);
    send();
    ((Pending) source(quiet)).bytes = 50;
    scheduler.dataReady(quiet);
    List<CoreStream> order = sendMany(6);
    assertThat(order.subList(0, 3)).doesNotContain(quiet);
    assertThat(order).contains(quiet);
  }

  /** What fits the quantum of a turn goes in one turn, however small the pieces. */
  @Test
  void aTurnIsAQuantumOfBytesHeadersIncluded() {
    CoreStream small = stream(1, Integer.MAX_VALUE);
    CoreStream large = bulkStream(2);
    ((Pending) source(small)).bytes = Integer.MAX_VALUE;
    richInCredit(small);
    scheduler.dataReady(small);
    for (int i = 0; i < 300; i++) {
      send(100);
    }
    List<CoreStream> order = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      CoreStream next = scheduler.nextData();
      order.add(next);
      take(next, next == large ? FULL_FRAME_BYTES : 100);
    }
    int first = order.indexOf(large);
    int second = first + 1 + order.subList(first + 1, order.size()).indexOf(large);
    assertThat(second - first - 1).as("frames of 108 bytes between two of 8200").isBetween(75, 76);
  }

  @Test
  void turnsAreLongerOnAFasterConnection() {
    nanosPerFrame = 10_000;
    bulkStream(1);
    bulkStream(2);
    sendMany(200);
    assertThat(longestRun(sendMany(200))).as("frames in a turn").isEqualTo(8);
    nanosPerFrame = 125_000;
    sendMany(200);
    assertThat(longestRun(sendMany(200))).as("frames in a turn of half a ms").isEqualTo(4);
    nanosPerFrame = SLOW_NANOS_PER_FRAME;
    sendMany(200);
    assertThat(longestRun(sendMany(200))).as("frames in a turn").isEqualTo(1);
  }

  /** What the connection's buffers take at once says little of its rate. */
  @Test
  void aShortBurstDoesNotMakeTurnsLonger() {
    bulkStream(1);
    bulkStream(2);
    sendMany(64);
    nanosPerFrame = 0;
    assertThat(longestRun(sendMany(60))).as("frames in a turn").isEqualTo(1);
  }

  @Test
  void aQuietStreamOvertakesALongTurn() {
    nanosPerFrame = 0;
    CoreStream bulk = bulkStream(1);
    sendMany(203);
    CoreStream quiet = stream(2, 50);
    scheduler.dataReady(quiet);
    assertThat(sendMany(2)).containsExactly(quiet, bulk);
  }

  private static int longestRun(List<CoreStream> order) {
    int longest = 0;
    int run = 0;
    CoreStream last = null;
    for (CoreStream stream : order) {
      run = stream == last ? run + 1 : 1;
      last = stream;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** Jain's index over what equal streams got; 1 is perfect. */
  @ParameterizedTest
  @CsvSource({"false, 0", "true, 0", "false, 1000000", "true, 1000000"})
  void sixtyEqualStreamsShareTheLinkFairly(boolean sameFrameSize, long frameNanos) {
    nanosPerFrame = frameNanos;
    long seed = TestSeed.of("sixtyEqualStreamsShareTheLinkFairly");
    Random random = new Random(seed);
    int count = 60;
    CoreStream[] streams = new CoreStream[count];
    int[] frameBytes = new int[count];
    for (int i = 0; i < count; i++) {
      streams[i] = bulkStream(i);
      frameBytes[i] = sameFrameSize ? FULL_FRAME_BYTES : 200 + random.nextInt(7_900);
    }
    for (int i = 0; i < 60_000; i++) {
      CoreStream next = scheduler.nextData();
      take(next, frameBytes[next == null ? 0 : next.id()]);
    }
    double sum = 0;
    double sumOfSquares = 0;
    for (CoreStream stream : streams) {
      Pending source = (Pending) source(stream);
      double bytes = source.sentBytes + 8.0 * source.sentBytes / frameBytes[stream.id()];
      sum += bytes;
      sumOfSquares += bytes * bytes;
    }
    assertThat(sum * sum / (count * sumOfSquares)).as("seed %d", seed).isGreaterThan(0.98);
  }

  /** Streams that stay quiet by sending little and often cannot shut out one with much to send. */
  @Test
  void bulkNeverStarvesBehindManySmallWrites() {
    CoreStream bulk = bulkStream(0);
    List<CoreStream> chatty = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      chatty.add(stream(i, 0));
      richInCredit(chatty.get(i - 1));
    }
    int longestWait = 0;
    int wait = 0;
    for (int i = 0; i < 100_000; i++) {
      for (CoreStream stream : chatty) {
        ((Pending) source(stream)).bytes = 50;
        scheduler.dataReady(stream);
      }
      wait = send() == bulk ? 0 : wait + 1;
      longestWait = Math.max(longestWait, wait);
    }
    // In its turn each of the others may send a quantum: 142 frames of 58 bytes.
    assertThat(longestWait).as("frames between two of the bulk stream").isLessThan(20 * 143);
    assertThat(((Pending) source(bulk)).sentBytes)
        .isGreaterThan(((Pending) source(chatty.get(0))).sentBytes);
  }

  @Test
  void everyChattyStreamGetsItsTurnBesideBulk() {
    for (int i = 0; i < 10; i++) {
      bulkStream(i);
    }
    CoreStream chatty = stream(99, 50);
    richInCredit(chatty);
    int sent = 0;
    for (int i = 0; i < 1_000; i++) {
      ((Pending) source(chatty)).bytes = 50;
      scheduler.dataReady(chatty);
      if (send() == chatty) {
        sent++;
      }
    }
    assertThat(sent).as("a quantum of small frames for each 10 of bulk").isGreaterThan(900);
  }

  @Test
  void controlQueueHoldsAStreamOnce() {
    CoreStream first = stream(1, 0);
    CoreStream second = stream(2, 0);
    scheduler.controlReady(first);
    scheduler.controlReady(second);
    scheduler.controlReady(first);
    assertThat(scheduler.nextControl()).isSameAs(first);
    assertThat(scheduler.nextControl()).as("stays until it is done").isSameAs(first);
    scheduler.controlDone();
    assertThat(scheduler.nextControl()).isSameAs(second);
    scheduler.controlDone();
    assertThat(scheduler.nextControl()).isNull();
    scheduler.controlReady(first);
    assertThat(scheduler.nextControl()).isSameAs(first);
  }

  private CoreStream bulkStream(int id) {
    CoreStream stream = stream(id, Integer.MAX_VALUE);
    richInCredit(stream);
    scheduler.dataReady(stream);
    return stream;
  }

  private static CoreStream stream(int id, int pendingBytes) {
    Pending source = new Pending();
    source.bytes = pendingBytes;
    return new CoreStream(id, true, new byte[0], source, 0);
  }

  private static void richInCredit(CoreStream stream) {
    try {
      for (int i = 0; i < 15; i++) {
        stream.grantSendCredit(WireFormat.MAX_MORE_FRAMES);
      }
    } catch (ProtocolViolationException e) {
      throw new AssertionError(e);
    }
  }

  private static SendSource source(CoreStream stream) {
    SendSource source = stream.source();
    if (source == null) {
      throw new AssertionError(stream + " has no source");
    }
    return source;
  }

  private List<CoreStream> sendMany(int frames) {
    List<CoreStream> order = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      CoreStream stream = send();
      if (stream != null) {
        order.add(stream);
      }
    }
    return order;
  }

  private @Nullable CoreStream send() {
    return send(FULL_FRAME_BYTES);
  }

  private @Nullable CoreStream send(int longestBytes) {
    CoreStream stream = scheduler.nextData();
    if (stream != null) {
      take(stream, longestBytes);
    }
    return stream;
  }

  private void take(@Nullable CoreStream stream, int longestBytes) {
    if (stream == null) {
      throw new AssertionError("no stream may send");
    }
    SendSource source = source(stream);
    int bytes = Math.min(source.pendingBytes(), longestBytes);
    stream.useSendCredit();
    source.scheduled(bytes);
    nowNanos += nanosPerFrame;
    scheduler.sent(stream, bytes, nowNanos);
  }
}
