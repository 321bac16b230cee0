package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Applications that misuse one stream, or the executor of one session: another stream of the
 * session, and another session, transfer bytes that are checked meanwhile.
 */
@Timeout(60)
class ScopesTest {
  private static final int TRANSFER_BYTES = 2_000_000;

  /** What an application does wrong with the stream that it has accepted. */
  enum Misuse {
    THROWS_IN_CALLBACKS {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) {
        stream.onReadable(() -> {
          throw new IllegalStateException("thrown by onReadable on request");
        });
        stream.onWritable(() -> {
          throw new StackOverflowError("thrown by onWritable on request");
        });
      }
    },
    BLOCKS_IN_CALLBACKS {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) {
        stream.onReadable(() -> awaitUninterruptibly(testOver));
        stream.onWritable(() -> awaitUninterruptibly(testOver));
      }
    },
    NEVER_READS {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) {}
    },
    CLOSES_TWICE {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) {
        stream.close();
        stream.close();
        stream.reset();
      }
    },
    CLOSES_IN_CALLBACK {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) {
        stream.onReadable(stream::close);
      }
    },
    INTERRUPTS_ITSELF {
      @Override
      void of(MuxStream stream, CountDownLatch testOver) throws IOException {
        Thread.currentThread().interrupt();
        try {
          stream.write(new byte[TRANSFER_BYTES], 0, TRANSFER_BYTES);
        } catch (InterruptedIOException e) {
          assertThat(e.bytesTransferred).isLessThan(TRANSFER_BYTES);
        } finally {
          assertThat(Thread.interrupted()).isTrue();
        }
      }
    };

    abstract void of(MuxStream stream, CountDownLatch testOver) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void whatOneStreamSuffersHarmsNoOther(Misuse misuse) throws Exception {
    CountDownLatch testOver = new CountDownLatch(1);
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL);
        SessionPair neighbour = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream misused = pair.server().accept();
      misuse.of(misused, testOver);
      Background<?> toMisused =
          Background.start(() -> {
            near.write(new byte[TRANSFER_BYTES], 0, TRANSFER_BYTES);
            return null;
          });
      assertTransfers(pair);
      assertTransfers(neighbour);
      assertThat(pair.server().stats().core().unreadBytes())
          .isLessThanOrEqualTo(MuxLimits.DEFAULT.receiveBudgetBytes());
      assertThat(pair.server().isAlive()).isTrue();
      near.reset();
      try {
        toMisused.get();
      } catch (IOException e) {
        assertThat(e).isInstanceOf(MuxException.class);
      }
    } finally {
      testOver.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExecutorThatRefusesHarmsOnlyItsSession(SessionPair.Kind kind) throws Exception {
    PicoMuxBuilder refusing =
        PicoMux.builder()
            .executor(task -> {
              throw new RejectedExecutionException("refused on request");
            });
    try (SessionPair pair = SessionPair.open(kind, PicoMux.builder(), refusing);
        SessionPair neighbour = SessionPair.open(kind)) {
      assertTransfers(pair);
      assertTransfers(neighbour);
    }
  }

  private static void assertTransfers(SessionPair pair) throws Exception {
    byte[] bytes = new byte[TRANSFER_BYTES];
    new SplittableRandom(TRANSFER_BYTES).nextBytes(bytes);
    try (MuxStream near = pair.client().open(new byte[0]);
        MuxStream far = pair.server().accept()) {
      Background<?> write =
          Background.start(() -> {
            near.write(bytes, 0, bytes.length);
            near.shutdownOutput();
            return null;
          });
      assertThat(far.inputStream().readAllBytes()).isEqualTo(bytes);
      write.get();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
