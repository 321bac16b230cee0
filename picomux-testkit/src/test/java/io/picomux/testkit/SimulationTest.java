package io.picomux.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.FinMode;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxLimits;
import io.picomux.core.StreamState;
import io.picomux.core.WindowPolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random sessions of two cores: opens at any time, 0 to 2 MB each way, readers that stop,
 * half-closes and closes in any order. Every byte arrives once and in order, or the stream ends
 * with a typed failure; nothing is left at the end.
 */
@Timeout(60)
class SimulationTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int SEEDS_PER_BATCH = 75;

  private static final List<FinMode> FIN_MODES =
      List.of(FinMode.AUTO, FinMode.AUTO, FinMode.HALF_CLOSE, FinMode.FULL_CLOSE);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void everyByteArrivesOnceAndInOrderOrTheStreamFails(int batch) {
    for (int i = 0; i < SEEDS_PER_BATCH; i++) {
      long seed = 1 + (long) batch * SEEDS_PER_BATCH + i;
      try {
        new Session(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameTranscript() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(new Session(seed).run()).as("seed %d", seed).isEqualTo(new Session(seed).run());
    }
    assertThat(new Session(1).run()).isNotEqualTo(new Session(2).run());
  }

  /** One session with its application. */
  private static final class Session {
    private final long seed;
    private final Random random;
    private final SimulatedPair pair;
    private final int largestBytes;
    private final List<Direction> directions = new ArrayList<>();
    private final Map<Integer, EndStream> openers = new HashMap<>();
    private int acceptedStreams;

    Session(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      boolean byteWise = random.nextInt(10) == 0;
      LinkProfile profile =
          new LinkProfile(
              random.nextInt(3) == 0 ? 0 : random.nextInt(100) * MILLISECOND,
              1L << random.nextInt(17, 27),
              1 << random.nextInt(0, 18),
              byteWise ? 1 + random.nextInt(3) : 1 << random.nextInt(8, 17));
      largestBytes = byteWise ? 20_000 : random.nextInt(8) == 0 ? 2_000_000 : 150_000;
      pair = new SimulatedPair(config(), config(), profile, seed);
    }

    private MuxConfig config() {
      MuxLimits.Builder limits = MuxLimits.builder();
      if (random.nextInt(4) == 0) {
        limits.receiveBudgetBytes(1 << 20);
      }
      if (random.nextInt(6) == 0) {
        limits.acceptQueueStreams(1);
      }
      return MuxConfig.DEFAULT
          .withLimits(limits.build())
          .withFinMode(FIN_MODES.get(random.nextInt(FIN_MODES.size())))
          .withWindowPolicy(random.nextBoolean() ? WindowPolicy.CRATE : WindowPolicy.PATH)
          .withDebloat(random.nextInt(4) == 0)
          .withOfferHalfClose(random.nextInt(4) > 0);
    }

    List<String> run() {
      int streams = 1 + random.nextInt(12);
      for (int i = 0; i < streams; i++) {
        pair.clock().at(random.nextInt(2_000) * MILLISECOND, this::openOne);
      }
      acceptFrom(pair.client());
      acceptFrom(pair.server());
      step(60 * SECOND);
      compareCredits();
      directions.forEach(Direction::letRead);
      step(120 * SECOND);
      if (pair.isQuiet()) {
        directions.forEach(Direction::assertOver);
      }
      directions.forEach(direction -> direction.stream.close());
      step(300 * SECOND);
      directions.forEach(Direction::judge);
      assertNothingLeft(pair.client());
      assertNothingLeft(pair.server());
      assertThat(pair.isQuiet()).isTrue();
      return pair.transcript();
    }

    private void step(long untilNanos) {
      while (pair.clock().nextEventNanos() <= untilNanos) {
        pair.clock().step();
        checkBudget(pair.client());
        checkBudget(pair.server());
      }
      pair.clock().runUntil(untilNanos);
    }

    private void openOne() {
      CoreEnd end = random.nextBoolean() ? pair.client() : pair.server();
      byte[] tag = ByteBuffer.allocate(4).putInt(directions.size()).array();
      EndStream stream = end.open(tag);
      openers.put(stream.id(), stream);
      startUser(stream);
    }

    private void acceptFrom(CoreEnd end) {
      EndStream stream = end.accept();
      if (stream != null) {
        acceptedStreams++;
        assertThat(stream.core().metadata()).hasSize(4);
        startUser(stream);
      }
      if (pair.clock().nowNanos() < 60 * SECOND) {
        pair.clock().after(random.nextInt(1, 50) * MILLISECOND, () -> acceptFrom(end));
      }
    }

    private void startUser(EndStream stream) {
      Direction direction = new Direction(stream, this);
      directions.add(direction);
      direction.start();
    }

    private static void checkBudget(CoreEnd end) {
      long budget = end.core().stats(0).receiveBudgetBytes();
      assertThat(end.core().unreadBytes()).isLessThanOrEqualTo(budget);
    }

    /** With nothing under way, both ends of a stream know the same credit. */
    private void compareCredits() {
      if (!pair.isQuiet()) {
        return;
      }
      for (Direction direction : directions) {
        EndStream far = direction.stream;
        EndStream near = openers.get(far.id());
        if (near == null || near == far) {
          continue;
        }
        compareCredit(near, far);
        compareCredit(far, near);
      }
    }

    private static void compareCredit(EndStream sender, EndStream receiver) {
      StreamState to = receiver.core().state();
      boolean bothLive = sender.core().state().sends() && !to.peerFinished();
      if (bothLive) {
        assertThat(receiver.core().receiveCreditFrames())
            .as("credit of %s", sender)
            .isNotNegative()
            .isEqualTo(sender.core().sendCreditFrames());
      }
    }

    private static void assertNothingLeft(CoreEnd end) {
      assertThat(end.violation()).isNull();
      assertThat(end.endReason()).isNull();
      assertThat(end.core().liveStreams()).isZero();
      assertThat(end.core().unreadBytes()).isZero();
      assertThat(end.core().hasOpenStreams()).isFalse();
      assertThat(end.core().isFlushed()).isTrue();
      assertThat(end.core().stats(0).inboundStreams()).isZero();
      assertThat(end.core().stats(0).waitingStreams()).isZero();
      assertThat(end.core().stats(0).noiseFrames()).isZero();
    }

    /** The direction of the same stream that the other end has, or null when it was refused. */
    private Direction counterpart(Direction of) {
      for (Direction other : directions) {
        if (other != of && other.stream.id() == of.stream.id()) {
          return other;
        }
      }
      return of;
    }

    @Override
    public String toString() {
      return "session " + seed + " with " + acceptedStreams + " streams";
    }
  }

  /** What one application does with its side of a stream. */
  private static final class Direction {
    private final EndStream stream;
    private final Session session;
    private final Random random;
    private final int totalBytes;
    private final int chunkBytes;
    private final long writePauseNanos;
    private final long readPauseNanos;
    private int stopReadingAtBytes;
    private final int closeAfterBytes;
    private final boolean abortsInstead;
    private int writtenBytes;
    private int readBytes;
    private boolean aborted;
    private boolean sawEnd;

    Direction(EndStream stream, Session session) {
      this.stream = stream;
      this.session = session;
      this.random = new Random(session.random.nextLong());
      this.totalBytes = random.nextInt(5) == 0 ? 0 : random.nextInt(session.largestBytes);
      this.chunkBytes =
          random.nextBoolean() ? 100_000 : totalBytes / 200 + 1 + random.nextInt(5_000);
      this.writePauseNanos = random.nextInt(20) * MILLISECOND;
      this.readPauseNanos = (1 + random.nextInt(30)) * MILLISECOND;
      this.stopReadingAtBytes = random.nextInt(4) == 0 ? random.nextInt(50_000) : Integer.MAX_VALUE;
      this.closeAfterBytes = random.nextInt(5) == 0 ? random.nextInt(100_000) : Integer.MAX_VALUE;
      this.abortsInstead = random.nextInt(3) == 0;
    }

    void start() {
      session.pair.clock().after(writePauseNanos, this::write);
      session.pair.clock().after(readPauseNanos, this::read);
    }

    /** A reader that had stopped goes on. */
    void letRead() {
      if (stopReadingAtBytes < Integer.MAX_VALUE) {
        stopReadingAtBytes = Integer.MAX_VALUE;
        read();
      }
    }

    private void write() {
      if (stream.isClosed() || stream.sendFailure() != null) {
        return;
      }
      byte[] chunk = new byte[Math.min(chunkBytes, totalBytes - writtenBytes)];
      for (int i = 0; i < chunk.length; i++) {
        chunk[i] = content(stream.core().isLocal(), writtenBytes + i);
      }
      if (stream.write(chunk)) {
        writtenBytes += chunk.length;
      }
      if (writtenBytes == totalBytes) {
        stream.finish();
      } else {
        session.pair.clock().after(Math.max(1, writePauseNanos), this::write);
      }
    }

    private void read() {
      if (stream.isClosed()) {
        return;
      }
      int most = Math.min(1 + random.nextInt(100_000), stopReadingAtBytes - readBytes);
      byte[] part = stream.read(most);
      for (byte b : part) {
        if (b != content(!stream.core().isLocal(), readBytes)) {
          throw new AssertionError("wrong byte at " + readBytes + " of " + stream);
        }
        readBytes++;
      }
      sawEnd = stream.isAtEnd();
      if (readBytes >= closeAfterBytes) {
        aborted = abortsInstead;
        if (abortsInstead) {
          stream.abort();
        } else {
          stream.close();
        }
      } else if (!sawEnd
          && stream.receiveFailure() == null
          && readBytes < stopReadingAtBytes
          && session.pair.clock().nowNanos() < 120 * SECOND) {
        session.pair.clock().after(readPauseNanos, this::read);
      }
    }

    /** Whoever saw a clean end has every byte of a sender who was not told of a failure. */
    void judge() {
      Direction sender = session.counterpart(this);
      if (sender == this) {
        return;
      }
      assertThat(readBytes).as("%s", this).isLessThanOrEqualTo(sender.writtenBytes);
      boolean senderFailed = sender.aborted || sender.stream.sendFailure() != null;
      if (sawEnd && !senderFailed) {
        assertThat(readBytes).as("a clean end of %s", this).isEqualTo(sender.writtenBytes);
      }
    }

    /** Nobody waits for ever: data, end of file, or a typed failure. */
    void assertOver() {
      assertThat(stream.isClosed() || sawEnd || stream.receiveFailure() != null)
          .as("%s is over after %d bytes", this, readBytes)
          .isTrue();
      assertThat(stream.isClosed() || writtenBytes == totalBytes || stream.sendFailure() != null)
          .as("%s has written %d of %d bytes", this, writtenBytes, totalBytes)
          .isTrue();
    }

    private static byte content(boolean fromOpener, int position) {
      return (byte) (position * 31 + (position >>> 8) * 7 + (fromOpener ? 1 : 0));
    }

    @Override
    public String toString() {
      return stream + ", seed " + session.seed;
    }
  }
}
