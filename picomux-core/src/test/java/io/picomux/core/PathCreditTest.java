package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathCreditTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final int BODY_BYTES = WireFormat.DATA_BODY_BYTES;

  /** What the first window holds of full frames. */
  private static final int WINDOW_FRAMES = (int) (PathEstimate.INITIAL_BYTES / BODY_BYTES);

  /** A sixteenth of it. */
  private static final int PIECE_FRAMES = 2;

  /** Long after a frame of any stream: nothing of earlier epochs counts any more. */
  private static final long LATER = 60_000 * MILLISECOND;

  private final PathCredit path = new PathCredit();
  private long nowNanos;

  /** Returns a stream of which a frame has come. */
  private CoreStream stream(int id, int bodyBytes) {
    CoreStream stream = new CoreStream(id, false, new byte[0], null, nowNanos);
    arrive(stream, bodyBytes);
    return stream;
  }

  private void arrive(CoreStream stream, int bodyBytes) {
    assertThat(stream.receiveWindow.onFrame()).isTrue();
    path.onFrame(stream, bodyBytes, stream.receiveWindow.creditFrames() + 1, nowNanos);
  }

  private int grant(CoreStream stream, int wantedFrames, boolean itsTurn) {
    int frames = path.grantable(stream, wantedFrames, itsTurn, nowNanos);
    stream.receiveWindow.grant(frames);
    if (frames > 0) {
      path.onGranted(stream, frames, nowNanos);
    }
    return frames;
  }

  @Test
  void aStreamOfWhichNothingHasComeIsNotHeldUp() {
    CoreStream fresh = new CoreStream(1, false, new byte[0], null, 0);
    assertThat(path.grantable(fresh, 1_500, false, 0)).isEqualTo(1_500);
    assertThat(path.deadlineNanos()).isEqualTo(DeadlineHeap.NEVER);
  }

  @Test
  void oneStreamGetsTheWindowAndWaitsForTheRest() {
    CoreStream stream = stream(1, BODY_BYTES);
    assertThat(grant(stream, 100, false)).isEqualTo(WINDOW_FRAMES);
    assertThat(path.next(nowNanos)).as("no room").isNull();
    assertThat(grant(stream, 68, false)).isZero();
    assertThat(path.deadlineNanos()).isBetween(1L, 400 * MILLISECOND);
  }

  @Test
  void whatIsWantedAndFitsLeavesNobodyWaiting() {
    CoreStream stream = stream(1, BODY_BYTES);
    assertThat(grant(stream, WINDOW_FRAMES, false)).isEqualTo(WINDOW_FRAMES);
    assertThat(path.deadlineNanos()).isEqualTo(DeadlineHeap.NEVER);
    assertThat(grant(stream, 0, false)).isZero();
    assertThat(path.deadlineNanos()).as("nothing wanted").isEqualTo(DeadlineHeap.NEVER);
  }

  @Test
  void framesThatComeMakeRoomForAPieceAtLeast() {
    CoreStream stream = stream(1, BODY_BYTES);
    // The nine frames of credit that it began with are not charged and are used up first.
    for (int i = 0; i < 9; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(grant(stream, 100, false)).isEqualTo(WINDOW_FRAMES);
    arrive(stream, BODY_BYTES);
    assertThat(path.next(nowNanos)).as("room for one frame").isNull();
    arrive(stream, BODY_BYTES);
    assertThat(path.deadlineNanos()).as("there is room now").isZero();
    assertThat(path.next(nowNanos)).isSameAs(stream);
    assertThat(grant(stream, 68, true)).isEqualTo(PIECE_FRAMES);
  }

  @Test
  void streamsHaveTheirTurnsInTheOrderInWhichTheyAsked() {
    CoreStream first = stream(1, BODY_BYTES);
    CoreStream second = stream(2, BODY_BYTES);
    CoreStream third = stream(3, BODY_BYTES);
    grant(first, WINDOW_FRAMES, false);
    assertThat(grant(second, 50, false)).isZero();
    assertThat(grant(third, 50, false)).isZero();
    assertThat(grant(second, 50, false)).as("asked twice").isZero();
    path.onOver(first);
    assertThat(grant(first, 1, false)).as("others wait").isZero();
    assertThat(path.next(nowNanos)).isSameAs(second);
    assertThat(grant(second, 50, true)).as("no more than a piece").isEqualTo(PIECE_FRAMES);
    assertThat(path.next(nowNanos)).isSameAs(third);
    assertThat(grant(third, 1, true)).isEqualTo(1);
    assertThat(path.next(nowNanos)).isSameAs(first);
    assertThat(grant(first, 1, true)).isEqualTo(1);
    assertThat(path.next(nowNanos)).as("the rest of its wish").isSameAs(second);
    assertThat(grant(second, 10, true)).as("nobody else waits").isEqualTo(10);
    assertThat(path.next(nowNanos)).isNull();
  }

  @Test
  void creditThatIsNotUsedIsForgotten() {
    CoreStream idle = stream(1, BODY_BYTES);
    CoreStream busy = stream(2, BODY_BYTES);
    grant(idle, WINDOW_FRAMES, false);
    assertThat(grant(busy, 5, false)).isZero();
    nowNanos = path.deadlineNanos() - 1;
    assertThat(path.next(nowNanos)).isNull();
    nowNanos += 1;
    assertThat(path.next(nowNanos)).as("it may still be on its way").isNull();
    nowNanos = path.deadlineNanos();
    assertThat(path.next(nowNanos)).isSameAs(busy);
    assertThat(grant(busy, 5, true)).isEqualTo(5);
  }

  @Test
  void afterALongPauseEverythingIsForgottenAtOnce() {
    CoreStream idle = stream(1, BODY_BYTES);
    grant(idle, WINDOW_FRAMES, false);
    nowNanos = LATER;
    CoreStream busy = stream(2, BODY_BYTES);
    assertThat(grant(busy, 5, false)).isEqualTo(5);
    assertThat(grant(idle, 5, false)).isEqualTo(5);
  }

  @Test
  void smallFramesTakeLittleOfThePath() {
    CoreStream stream = stream(1, 64);
    assertThat(grant(stream, 1_000, false)).isEqualTo(1_000);
    arrive(stream, BODY_BYTES);
    nowNanos = LATER;
    assertThat(grant(stream, 1_000, false))
        .as("its next frames may be as large")
        .isLessThanOrEqualTo(2 * WINDOW_FRAMES);
  }

  @Test
  void aRoundMeasuresTheTimeFromAGrantToItsFrames() {
    CoreStream stream = stream(1, BODY_BYTES);
    for (int i = 0; i < 9; i++) {
      arrive(stream, BODY_BYTES);
    }
    grant(stream, 10, false);
    nowNanos += 50 * MILLISECOND;
    for (int i = 0; i < 10; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(50 * MILLISECOND);
    // 82,000 bytes in 50 ms, three times that rate for 60 ms.
    assertThat(path.estimate().windowBytes()).isBetween(290_000L, 300_000L);
  }

  @Test
  void aRoundBeginsBehindTheCreditThatIsThere() {
    CoreStream stream = stream(1, BODY_BYTES);
    for (int i = 0; i < 5; i++) {
      arrive(stream, BODY_BYTES);
    }
    grant(stream, 5, false);
    nowNanos = 10 * MILLISECOND;
    for (int i = 0; i < 4; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(PathEstimate.UNKNOWN);
    nowNanos = 20 * MILLISECOND;
    arrive(stream, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(20 * MILLISECOND);
    assertThat(path.estimate().windowBytes()).isEqualTo(PathEstimate.INITIAL_BYTES);
    for (int i = 0; i < 4; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(path.estimate().windowBytes())
        .as("the round is over")
        .isGreaterThan(PathEstimate.INITIAL_BYTES);
  }

  @Test
  void anotherGrantDoesNotEndARoundBeforeFourEpochs() {
    CoreStream first = streamWithoutCredit(1);
    CoreStream second = streamWithoutCredit(2);
    grant(first, 5, false);
    nowNanos = 800 * MILLISECOND;
    grant(second, 1, false);
    nowNanos = 850 * MILLISECOND;
    arrive(second, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(PathEstimate.UNKNOWN);
    arrive(first, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(850 * MILLISECOND);
  }

  @Test
  void aRoundThatDoesNotEndIsLostAfterFourEpochs() {
    CoreStream first = streamWithoutCredit(1);
    CoreStream second = streamWithoutCredit(2);
    grant(first, 5, false);
    nowNanos = 800 * MILLISECOND + 1;
    grant(second, 1, false);
    nowNanos += 30 * MILLISECOND;
    arrive(second, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(30 * MILLISECOND);
  }

  @Test
  void theRoundOfAStreamThatIsOverMakesWay() {
    CoreStream first = streamWithoutCredit(1);
    CoreStream second = streamWithoutCredit(2);
    CoreStream third = streamWithoutCredit(3);
    grant(first, 5, false);
    path.onOver(third);
    grant(second, 1, false);
    nowNanos = 10 * MILLISECOND;
    arrive(second, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos())
        .as("not its round")
        .isEqualTo(PathEstimate.UNKNOWN);
    path.onOver(first);
    grant(second, 1, false);
    nowNanos += 30 * MILLISECOND;
    arrive(second, BODY_BYTES);
    assertThat(path.estimate().shortestRoundNanos()).isEqualTo(30 * MILLISECOND);
  }

  /** Whatever the order of epochs and frames, what was charged is given free once. */
  @Test
  void chargesOfTwoEpochsAreGivenFreeOnce() {
    CoreStream other = streamWithoutCredit(1);
    CoreStream stream = streamWithoutCredit(2);
    // Its round never ends, so that the window stays as it is.
    grant(other, 1, false);
    grant(stream, 10, false);
    nowNanos = 200 * MILLISECOND;
    grant(stream, 10, false);
    for (int i = 0; i < 20; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(grant(stream, 100, false))
        .as("all but the other's frame")
        .isEqualTo(WINDOW_FRAMES - 1);
    nowNanos = 399 * MILLISECOND;
    for (int i = 0; i < 5; i++) {
      arrive(stream, BODY_BYTES);
    }
    assertThat(path.next(nowNanos)).isSameAs(stream);
    assertThat(grant(stream, 100, true)).isEqualTo(5);
    nowNanos = 400 * MILLISECOND;
    assertThat(path.next(nowNanos))
        .as("the other's frame is forgotten: less than a piece")
        .isNull();
    arrive(stream, BODY_BYTES);
    assertThat(path.next(nowNanos)).isSameAs(stream);
    assertThat(grant(stream, 100, true)).as("a frame of each").isEqualTo(2);
  }

  private CoreStream streamWithoutCredit(int id) {
    CoreStream stream = stream(id, BODY_BYTES);
    while (stream.receiveWindow.creditFrames() > 0) {
      arrive(stream, BODY_BYTES);
    }
    return stream;
  }

  /** Whether frames of one stream shorten the queues of a path of 1 GB a second. */
  private boolean shortenQueues(int frames, int bodyBytes) {
    CoreStream stream = new CoreStream(1, false, new byte[0], null, nowNanos);
    for (int i = 0; i < frames; i++) {
      arrive(stream, bodyBytes);
    }
    path.estimate().onRoundTrip(MILLISECOND / 10, nowNanos);
    for (int i = 0; i < 6; i++) {
      path.estimate().onRound(MILLISECOND, 1_000_000, true, nowNanos);
    }
    return path.estimate().windowBytes() < 2_000_000;
  }

  @Test
  void aSmallFrameAfterTheFirstOfItsStreamShortensTheQueues() {
    assertThat(shortenQueues(2, 1024)).isTrue();
  }

  @Test
  void theFirstFrameOfAStreamMayOnlySayWhatIsToCome() {
    assertThat(shortenQueues(1, 9)).isFalse();
  }

  @Test
  void framesAboveOneKibibyteAreNotSmall() {
    assertThat(shortenQueues(2, 1025)).isFalse();
  }

  @Test
  void theSmallEndOfWhatAStreamHasBroughtSaysNothing() {
    CoreStream bulk = stream(1, BODY_BYTES);
    arrive(bulk, BODY_BYTES);
    arrive(bulk, 100);
    assertThat(shortenQueues(0, 0)).isFalse();
  }

  @Test
  void aStreamOfManySmallFramesShortensTheQueuesAlsoWhenItHasBroughtMuch() {
    CoreStream chatty = stream(1, 1000);
    for (int i = 0; i < 9; i++) {
      arrive(chatty, 1000);
    }
    assertThat(chatty.pathShare).isNotNull();
    nowNanos = LATER;
    assertThat(shortenQueues(0, 0)).as("a minute later").isFalse();
    chatty.receiveWindow.grant(1);
    arrive(chatty, 1000);
    assertThat(shortenQueues(0, 0)).isTrue();
  }
}
