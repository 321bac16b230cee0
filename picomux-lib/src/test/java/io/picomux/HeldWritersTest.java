package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writers of large arrays wait for frames where that is quick, and for nothing else. */
@Timeout(60)
class HeldWritersTest {
  private static final int WRITE_BYTES = 64 << 10;

  /** So many are held. */
  private static final int STREAMS = 8;

  /** After so much of each on loopback the connection counts as fast. */
  private static final int FAST_BYTES = 8 << 20;

  /** More than the writes that are lent at a time: something was copied into the queue. */
  private static final int COPIED_BYTES = 2 * WRITE_BYTES;

  private final List<String> woken = new ArrayList<>();
  private final HeldWriters writers = new HeldWriters();

  @Test
  void whereHalfOfTheWritersAreDoneTheyAreWokenInTheOrderOfTheirBytes() {
    begin(6);
    writers.add(() -> woken.add("first"));
    writers.onRound();
    writers.add(() -> woken.add("second"));
    writers.onRound();
    assertThat(woken).isEmpty();
    writers.add(() -> woken.add("third"));
    writers.onRound();
    assertThat(woken).containsExactly("first", "second", "third");
  }

  @Test
  void aSingleWriterIsWokenAfterTheWrite() {
    begin(2);
    writers.end();
    writers.add(() -> woken.add("first"));
    assertThat(woken).isEmpty();
    writers.onRound();
    assertThat(woken).containsExactly("first");
  }

  @Test
  void ofManyWritersSixteenAreWokenTogether() {
    begin(1000);
    for (int i = 0; i < 15; i++) {
      writers.add(() -> woken.add("one"));
    }
    writers.onRound();
    assertThat(woken).isEmpty();
    writers.add(() -> woken.add("one"));
    writers.onRound();
    assertThat(woken).hasSize(16);
  }

  @Test
  void whoIsDoneDoesNotWaitForTheOthersForLong() {
    begin(1000);
    for (int i = 0; i < 100; i++) {
      writers.onRound();
    }
    writers.add(() -> woken.add("first"));
    for (int i = 0; i < 31; i++) {
      writers.onRound();
    }
    assertThat(woken).as("rounds in which nobody waits do not count").isEmpty();
    writers.onRound();
    assertThat(woken).containsExactly("first");
  }

  @Test
  void whereNothingIsLeftToWriteAllAreWokenAtOnce() {
    writers.add(() -> woken.add("first"));
    writers.add(() -> woken.add("second"));
    writers.wake();
    assertThat(woken).containsExactly("first", "second");
    writers.wake();
    assertThat(woken).hasSize(2);
  }

  @Test
  void eightWritersOrMoreAreHeldOnceTheConnectionIsFast() {
    begin(8);
    assertThat(writers.mayHold()).isFalse();
    writers.setFast(true);
    assertThat(writers.mayHold()).isTrue();
    writers.end();
    assertThat(writers.mayHold()).isFalse();
    writers.begin();
    writers.setFast(false);
    assertThat(writers.mayHold()).isFalse();
  }

  @Test
  void whereThePeerGrantsNothingAWriteReturnsAsLongAsTheQueueHasRoom() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      List<Background<Long>> readers = new ArrayList<>();
      List<MuxStream> outs = new ArrayList<>();
      List<Background<Long>> writing = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        MuxStream out = pair.client().open(new byte[0]);
        MuxStream in = pair.server().accept();
        outs.add(out);
        writing.add(Background.start(() -> writeOn(out)));
        readers.add(
            Background.start(() -> {
              in.inputStream().skipNBytes(FAST_BYTES);
              return in.stats().bytesRead();
            }));
      }
      for (Background<Long> reader : readers) {
        assertThat(reader.get()).isGreaterThanOrEqualTo(FAST_BYTES);
      }
      until(() -> outs.stream().allMatch(out -> out.stats().queuedBytes() > COPIED_BYTES));
      pair.server().abort();
      for (Background<Long> writer : writing) {
        assertThat(writer.get()).isGreaterThan(FAST_BYTES);
      }
    }
  }

  @Test
  void whereTheConnectionTakesNothingAWriteReturnsAsLongAsTheQueueHasRoom() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      List<MuxStream> outs = new ArrayList<>();
      List<Background<Long>> writing = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        MuxStream out = peer.mux().open(new byte[0]);
        outs.add(out);
        peer.sendMore(out.id(), 0xFFFF);
        writing.add(Background.start(() -> writeOn(out)));
      }
      for (int bytes = 0; bytes < STREAMS * FAST_BYTES; ) {
        bytes += peer.next(Command.PSH).body().remaining();
      }
      until(() -> outs.stream().allMatch(out -> out.stats().queuedBytes() > COPIED_BYTES));
      peer.disconnect();
      for (Background<Long> writer : writing) {
        assertThat(writer.get()).isPositive();
      }
    }
  }

  private void begin(int count) {
    for (int i = 0; i < count; i++) {
      writers.begin();
    }
  }

  /** Writes until the stream fails; returns how much it took. */
  private static long writeOn(MuxStream out) {
    ByteBuffer source = ByteBuffer.allocate(WRITE_BYTES);
    long bytes = 0;
    try {
      while (true) {
        bytes += out.write(source.clear());
      }
    } catch (IOException e) {
      return bytes + source.position();
    }
  }
}
