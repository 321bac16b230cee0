package io.picomux;

import static io.picomux.Interleavings.check;
import static io.picomux.Interleavings.exploreSession;
import static io.picomux.Interleavings.race;
import static io.picomux.Interleavings.together;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/**
 * The streams of a whole session under a model checker: its reader, its writer and the application
 * take their steps in many orders.
 *
 * <p>Scenarios with large writes are too much for the model checker: real threads race through
 * them. What depends on time and interrupts, which stand still in a model, is in the tests of the
 * library ({@code BlockingPointsTest}, {@code ArrayOwnershipTest}) and in {@link EngineStressIT}.
 */
class StreamModelTest {
  private static final int ID = 7;
  private static final byte CANARY = 0x5A;

  /** The credit that a stream begins with. */
  private static final int FIRST_CREDIT_FRAMES = 10;

  /** A small queue keeps a model small. */
  private static final MuxLimits LIMITS = MuxLimits.builder().streamQueueBytes(8192).build();

  /** More than is copied at once and more than the queue holds: what of it is lent moves slowly. */
  private static final int LENT_BYTES = 3 * 8192;

  /** Made outside the model, and copied by one step of it. */
  private static final byte[] PATTERN = new byte[LENT_BYTES];

  private static final byte[] CANARIES = new byte[LENT_BYTES];

  static {
    for (int i = 0; i < LENT_BYTES; i++) {
      PATTERN[i] = (byte) (i % 80);
      CANARIES[i] = CANARY;
    }
  }

  private static MuxStream accepted(ModelSession model) throws IOException {
    model.receive(Command.SYN, ID, new byte[0]);
    return model.session.acceptQueue().take(0);
  }

  // ---- wake-ups

  @Test
  void aReaderIsWokenByData() {
    exploreSession(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      byte[] got = new byte[2];
      together(
          () -> check(stream.read(got, 0, 1) == 1, "one byte"),
          () -> model.receive(Command.PSH, ID, new byte[] {1}));
      check(got[0] == 1 && got[1] == 0, "the byte");
    });
  }

  @Test
  void aListenerHearsOfWhatABlockedReaderLeaves() {
    exploreSession(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      Semaphore readable = new Semaphore(0);
      stream.onReadable(readable::release);
      together(
          () -> check(stream.read(ByteBuffer.allocate(1)) == 1, "one byte"),
          () -> {
            ByteBuffer target = ByteBuffer.allocate(1);
            while (stream.tryRead(target) == 0) {
              readable.acquire();
            }
          },
          () -> model.receive(Command.PSH, ID, new byte[] {1, 2}));
    });
  }

  @Test
  void aListenerHearsOfRoomThatABlockedWriterLeaves() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = withoutCredit(model);
      Semaphore writable = new Semaphore(0);
      stream.onWritable(writable::release);
      together(
          () -> stream.write(PATTERN, 0, LENT_BYTES),
          () -> {
            ByteBuffer one = ByteBuffer.allocate(1);
            while (stream.tryWrite(one) == 0) {
              writable.acquire();
            }
          },
          () -> model.grant(ID, 4));
    });
  }

  @Test
  void whoWaitsForAStreamGetsItOrHearsOfTheEnd() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      boolean[] over = new boolean[1];
      together(
          () -> {
            try {
              check(model.session.acceptQueue().take(Long.MAX_VALUE).id() == ID, "the stream");
            } catch (SessionException e) {
              over[0] = true;
            }
          },
          () -> model.receive(Command.SYN, ID, new byte[0]),
          () -> model.session.end(SessionEnd.TIMED_OUT, "ended by the test", null));
      check(!over[0] || model.session.termination().cause() != null, "an end without a cause");
    });
  }

  // ---- arrays of the caller

  @Test
  void anArrayThatWasReadIntoIsNotTouchedAfterTheCall() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      byte[] array = new byte[4];
      int[] read = new int[1];
      Arrays.fill(array, CANARY);
      together(
          () -> {
            try {
              read[0] = stream.read(array, 0, array.length);
              check(array[0] == 1 && array[read[0] - 1] == read[0], "the bytes that were read");
            } catch (IOException e) {
              check(array[0] == CANARY, "bytes without a word");
            }
            Arrays.fill(array, CANARY);
          },
          () -> {
            model.receive(Command.PSH, ID, new byte[] {1, 2});
            model.receive(Command.PSH, ID, new byte[] {3, 4});
          },
          stream::close);
      for (byte each : array) {
        check(each == CANARY, "touched after the call");
      }
    });
  }

  @Test
  void exactlyTheBytesThatAWriteReportsAreSent() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = withoutCredit(model);
      ByteBuffer source = ByteBuffer.wrap(PATTERN.clone());
      together(
          () -> {
            try {
              stream.write(source);
            } catch (StreamException e) {
              // Shut down before everything was taken.
            }
            System.arraycopy(CANARIES, 0, source.array(), 0, LENT_BYTES);
          },
          () -> model.grant(ID, 1),
          stream::shutdownOutput);
      model.grant(ID, 10);
      byte[] sent = model.dataWritten();
      int reported = source.position();
      check(
          sent.length == FIRST_CREDIT_FRAMES + reported,
          "reported " + reported + ", sent " + (sent.length - FIRST_CREDIT_FRAMES));
      check(
          Arrays.equals(sent, FIRST_CREDIT_FRAMES, sent.length, PATTERN, 0, reported),
          "other bytes than were written");
    });
  }

  // ---- nothing stays behind

  @Test
  void smallWritesOfTwoThreadsAllLeave() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      together(
          () -> stream.write(new byte[] {1}, 0, 1),
          () -> stream.write(new byte[] {2}, 0, 1),
          model.session::probe);
      check(model.dataWritten().length == 2, "sent: " + model.dataWritten().length);
    });
  }

  @Test
  void openingsAtTheSameTimeDoNotAllFindTheSameRoom() {
    race(() -> {
      MuxLimits limits = MuxLimits.builder().sessionQueueBytes(100_000).build();
      ModelSession model =
          new ModelSession(limits) {
            @Override
            public void requestWrite(int callerBytes) {
              // The transport takes nothing.
            }
          };
      byte[] metadata = new byte[60_000];
      Interleavings.Step open = () -> model.session.open(metadata);
      together(open, open, open, open);
      long queued = model.session.stats().queuedBytes();
      check(queued <= 100_000 + 8 + 60_000, "queued: " + queued);
    });
  }

  @Test
  void creditThatMeetsWritesIsNotLost() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      int grants = 100;
      int writes = FIRST_CREDIT_FRAMES + grants;
      together(
          () -> {
            for (int i = 0; i < writes; i++) {
              stream.write(PATTERN, i, 1);
            }
          },
          () -> {
            for (int i = 0; i < grants; i++) {
              model.grant(ID, 1);
            }
          });
      int frames = model.dataFramesWritten();
      int credit = stream.stats().sendCreditFrames();
      check(
          frames + credit == FIRST_CREDIT_FRAMES + grants,
          frames + " frames sent, credit for " + credit + " is left");
      check(
          Arrays.equals(model.dataWritten(), 0, writes, PATTERN, 0, writes),
          "with credit for a frame each, not every byte was sent");
    });
  }

  @Test
  void theEndOfAStreamNeverOvertakesItsData() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      MuxStream stream = accepted(model);
      ByteBuffer input = ByteBuffer.allocate(100);
      input.put(FrameEncoder.encode(Command.PSH, ID, new byte[] {1, 2, 3}));
      input.put(FrameEncoder.encode(Command.FIN, ID, new byte[0])).flip();
      ByteBuffer got = ByteBuffer.allocate(10);
      together(
          () -> model.session.onInput(input),
          model.session::probe,
          () -> {
            int n;
            do {
              n = stream.read(got);
            } while (n >= 0);
          });
      check(got.position() == 3, "bytes before the end: " + got.position());
    });
  }

  @Test
  void anOpenThatMeetsTheEndOfTheSessionLeavesNothing() {
    race(() -> {
      ModelSession model = new ModelSession(LIMITS);
      together(
          () -> {
            try {
              MuxStream stream = model.open(new byte[0]);
              stream.write(new byte[1], 0, 1);
              check(stream.read(ByteBuffer.allocate(1)) < 0, "a byte from nowhere");
            } catch (IOException e) {
              check(model.session.termination().cause() != null, "an end without a cause");
            }
          },
          () -> model.session.end(SessionEnd.ABORTED, "aborted by the test", null));
      check(model.session.stats().queuedBytes() == 0, "bytes are left in the queue");
    });
  }

  /** Returns a stream on which all credit is used up. */
  private MuxStream withoutCredit(ModelSession model) throws IOException {
    MuxStream stream = accepted(model);
    for (int i = 0; i < FIRST_CREDIT_FRAMES; i++) {
      stream.write(PATTERN, 0, 1);
    }
    return stream;
  }
}
