package io.picomux.loop;

import static io.picomux.Conditions.until;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopTest {
  private final EventLoop loop = newLoop();
  private final SocketChannel near;
  private final SocketChannel far;

  EventLoopTest() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      near = SocketChannel.open(listener.getLocalAddress());
      far = listener.accept();
    }
    near.configureBlocking(false);
  }

  @BeforeEach
  void start() {
    loop.start();
  }

  @AfterEach
  void stop() throws IOException {
    near.close();
    far.close();
    loop.stop();
    until(() -> loopThreads("test-loop") == 0);
  }

  @Test
  void readsOnItsOwnThreadOnceStarted() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    far.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(recorder.events.take()).isEqualTo("read 3 on loop");
  }

  @Test
  void doesNotReadAfterStopReading() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    registration.stopReading();
    far.write(ByteBuffer.wrap(new byte[] {1}));
    far.shutdownOutput();
    barrier(registration);
    barrier(registration);
    assertThat(recorder.events).isEmpty();
  }

  @Test
  void aPausedChannelIsReadAgainWhenItsTimeHasCome() throws Exception {
    AtomicReference<Registration> paused = new AtomicReference<>();
    BlockingQueue<Long> readNanoTimes = new LinkedBlockingQueue<>();
    long pauseNanos = MILLISECONDS.toNanos(30);
    Recorder recorder =
        new Recorder() {
          @Override
          public void onReadable(ByteBuffer scratch) {
            super.onReadable(scratch);
            readNanoTimes.add(System.nanoTime());
            paused.get().pauseReading(pauseNanos);
          }
        };
    paused.set(loop.register(near, recorder));
    loop.start(paused.get());
    far.write(ByteBuffer.wrap(new byte[] {1}));
    long first = readNanoTimes.take();
    far.write(ByteBuffer.wrap(new byte[] {2}));
    assertThat(readNanoTimes.take() - first).isGreaterThanOrEqualTo(pauseNanos);
    paused.get().cancel();
    far.write(ByteBuffer.wrap(new byte[] {3}));
    barrier(paused.get());
    assertThat(recorder.events).hasSize(2);
  }

  @Test
  void aTaskRunsOnTheLoopAfterItsTime() throws Exception {
    Registration registration = loop.register(near, new Recorder());
    BlockingQueue<Long> runNanoTimes = new LinkedBlockingQueue<>();
    long delayNanos = MILLISECONDS.toNanos(30);
    long asked = System.nanoTime();
    registration.executeAfter(
        delayNanos,
        () -> {
          assertThat(loop.isCurrentThread()).isTrue();
          runNanoTimes.add(System.nanoTime());
        });
    assertThat(runNanoTimes.take() - asked).isGreaterThanOrEqualTo(delayNanos);
  }

  @Test
  void aTaskThatThrowsAfterItsTimeIsTheFailureOfItsChannelAlone() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    registration.executeAfter(
        1,
        () -> {
          throw new IllegalStateException("as planned");
        });
    assertThat(recorder.events.take()).contains("as planned");
    barrier(registration);
  }

  /** A loop that looks for something does everything else meanwhile. */
  @Test
  void aLoopThatLooksOftenReadsAndKeepsDeadlines() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    registration.execute(() -> registration.lookOften(SECONDS.toNanos(20)));
    barrier(registration);
    far.write(ByteBuffer.wrap(new byte[] {1, 2}));
    assertThat(recorder.events.take()).isEqualTo("read 2 on loop");
    registration.setDeadline(System.nanoTime() + 1000);
    assertThat(recorder.events.take()).isEqualTo("deadline");
    barrier(registration);
  }

  @Test
  void aLoopLooksOftenForAWhileOnly() throws Exception {
    Registration registration = loop.register(near, new Recorder());
    AtomicBoolean looks = new AtomicBoolean();
    registration.execute(() -> {
      registration.lookOften(MILLISECONDS.toNanos(1));
      looks.set(loop.looksOften());
    });
    barrier(registration);
    assertThat(looks).isTrue();
    until(() -> {
      registration.execute(() -> looks.set(loop.looksOften()));
      barrier(registration);
      return !looks.get();
    });
  }

  /** Turns that take long get shorter, so that the other channels have theirs. */
  @Test
  void aChannelWhoseTurnsTakeLongIsReadInSmallerPieces() throws Exception {
    BlockingQueue<Integer> mostBytes = new LinkedBlockingQueue<>();
    Recorder slow =
        new Recorder() {
          @Override
          public void onReadable(ByteBuffer scratch) {
            int most = scratch.remaining();
            super.onReadable(scratch);
            long end = System.nanoTime() + MILLISECONDS.toNanos(2);
            while (System.nanoTime() - end < 0) {
              Thread.onSpinWait();
            }
            mostBytes.add(most);
          }
        };
    loop.start(loop.register(near, slow));
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      far.write(ByteBuffer.wrap(new byte[] {1}));
      seen.add(mostBytes.take());
    }
    assertThat(seen)
        .containsExactly(
            256 << 10, 128 << 10, 64 << 10, 32 << 10, 16 << 10, 8 << 10, 4 << 10, 4 << 10);
  }

  @Test
  void tellsOncePerRequestThatTheChannelCanBeWritten() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    registration.wantWrite();
    assertThat(recorder.events.take()).isEqualTo("write");
    barrier(registration);
    assertThat(recorder.events).isEmpty();
    registration.wantWrite();
    assertThat(recorder.events.take()).isEqualTo("write");
  }

  @Test
  void deadlineComesOnceAndNotBeforeItsTime() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    long due = System.nanoTime() + MILLISECONDS.toNanos(20);
    registration.setDeadline(due);
    assertThat(recorder.events.take()).isEqualTo("deadline");
    assertThat(System.nanoTime() - due).isNotNegative();
    barrier(registration);
    assertThat(recorder.events).isEmpty();
  }

  @Test
  void anEarlierDeadlineReplacesALaterOne() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    registration.setDeadline(System.nanoTime() + SECONDS.toNanos(3600));
    registration.setDeadline(System.nanoTime() + MILLISECONDS.toNanos(1));
    assertThat(recorder.events.take()).isEqualTo("deadline");
  }

  @Test
  void aLaterDeadlineReplacesAnEarlierOne() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    long first = System.nanoTime() + MILLISECONDS.toNanos(1);
    long second = first + MILLISECONDS.toNanos(30);
    registration.setDeadline(first);
    registration.setDeadline(second);
    assertThat(recorder.events.take()).isEqualTo("deadline");
    // The first may have come before the second was set; then the second comes as well.
    if (System.nanoTime() - second < 0) {
      assertThat(recorder.events.take()).isEqualTo("deadline");
    }
    assertThat(System.nanoTime() - second).isNotNegative();
  }

  @Test
  void whatCameWhileTheLoopStoodStillIsReadBeforeADeadlineThatIsOver() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    barrier(registration);
    long due = System.nanoTime() + MILLISECONDS.toNanos(200);
    registration.setDeadline(due);
    registration.execute(() -> {
      try {
        far.write(ByteBuffer.wrap(new byte[] {1}));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      while (System.nanoTime() - due < 0) {
        Thread.onSpinWait();
      }
    });
    assertThat(recorder.events.take()).isEqualTo("read 1 on loop");
    assertThat(recorder.events.take()).isEqualTo("deadline");
  }

  @Test
  void aCancelledRegistrationHearsNothing() throws Exception {
    Recorder recorder = new Recorder();
    Recorder other = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    registration.setDeadline(System.nanoTime() + MILLISECONDS.toNanos(20));
    registration.cancel();
    barrier(registration);
    far.write(ByteBuffer.wrap(new byte[] {1}));
    try (SocketChannel second = SocketChannel.open()) {
      second.configureBlocking(false);
      Registration witness = loop.register(second, other);
      witness.setDeadline(System.nanoTime() + MILLISECONDS.toNanos(40));
      assertThat(other.events.take()).isEqualTo("deadline");
      witness.cancel();
      barrier(witness);
    }
    assertThat(recorder.events).isEmpty();
  }

  @Test
  void whatAHandlerThrowsComesBackToItAndTheLoopGoesOn() throws Exception {
    Recorder recorder = new Recorder();
    recorder.failure = new IllegalStateException("thrown by the handler");
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    far.write(ByteBuffer.wrap(new byte[] {1}));
    assertThat(recorder.events.take()).isEqualTo("read 1 on loop");
    assertThat(recorder.events.take()).isEqualTo("failure thrown by the handler");
    registration.setDeadline(System.nanoTime());
    assertThat(recorder.events.take()).isEqualTo("deadline");
    assertThat(recorder.events.take()).isEqualTo("failure thrown by the handler");
    registration.execute(() -> {
      throw new IllegalStateException("thrown by a task");
    });
    assertThat(recorder.events.take()).isEqualTo("failure thrown by a task");
  }

  @Test
  void aHandlerThatFailsAtItsFailureDoesNotEndTheLoop() throws Exception {
    Recorder recorder = new Recorder();
    recorder.failure = new IllegalStateException("first");
    recorder.failsAtFailure = true;
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    far.write(ByteBuffer.wrap(new byte[] {1}));
    assertThat(recorder.events.take()).isEqualTo("read 1 on loop");
    assertThat(recorder.events.take()).isEqualTo("failure first");
    registration.execute(() -> {
      throw new IllegalStateException("second");
    });
    assertThat(recorder.events.take()).isEqualTo("failure second");
    barrier(registration);
  }

  @Test
  void aTaskThatAlwaysComesBackDoesNotKeepChannelsWaiting() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    Runnable[] endless = new Runnable[1];
    endless[0] =
        () -> {
          rounds.incrementAndGet();
          if (!enough.get()) {
            registration.execute(endless[0]);
          }
        };
    registration.execute(endless[0]);
    until(() -> rounds.get() > 10);
    far.write(ByteBuffer.wrap(new byte[] {1}));
    assertThat(recorder.events.poll(10, SECONDS)).isEqualTo("read 1 on loop");
    enough.set(true);
  }

  @Test
  void anInterruptOfTheLoopIsForgotten() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    registration.execute(() -> {
      thread.set(Thread.currentThread());
      Thread.currentThread().interrupt();
    });
    until(() -> {
      Thread looping = thread.get();
      return looping != null && !looping.isInterrupted();
    });
    far.write(ByteBuffer.wrap(new byte[] {1}));
    assertThat(recorder.events.take()).isEqualTo("read 1 on loop");
  }

  @Test
  void aChannelThatItsFormerOwnerClosesStillHasItsDeadline() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    barrier(registration);
    near.close();
    registration.setDeadline(System.nanoTime() + MILLISECONDS.toNanos(1));
    assertThat(recorder.events.take()).isEqualTo("deadline");
  }

  @Test
  void whoWantsToWriteToAChannelThatIsClosedHearsOfIt() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    barrier(registration);
    near.close();
    registration.wantWrite();
    assertThat(recorder.events.take()).isEqualTo("failure null");
  }

  @Test
  void aLoopThatBreaksDownTellsEveryoneAndStillRunsWhatTheyAskFor() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = loop.register(near, recorder);
    loop.start(registration);
    CountDownLatch behind = new CountDownLatch(1);
    registration.execute(() -> {
      loop.execute(() -> {
        throw new OutOfMemoryError("thrown by a task of the loop's own");
      });
      registration.execute(behind::countDown);
    });
    assertThat(recorder.events.take()).isEqualTo("failure thrown by a task of the loop's own");
    behind.await();
    until(() -> loopThreads("test-loop") == 0);
    assertThat(loop.isBroken()).isTrue();
    CountDownLatch later = new CountDownLatch(1);
    registration.execute(later::countDown);
    later.await();
  }

  @Test
  void aSharedLoopThatBreaksDownIsReplaced() throws Exception {
    until(() -> loopThreads("picomux-loop") == 0);
    List<EventLoop> loops = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loops.add(EventLoops.shared().acquire());
    }
    EventLoop broken = loops.get(0);
    broken.execute(() -> {
      throw new OutOfMemoryError("thrown by a task of the loop's own");
    });
    until(broken::isBroken);
    for (int i = 0; i < 4; i++) {
      loops.add(EventLoops.shared().acquire());
      assertThat(loops.getLast()).isNotSameAs(broken);
    }
    loops.forEach(each -> EventLoops.shared().release());
    until(() -> loopThreads("picomux-loop") == 0);
  }

  @Test
  void sharedLoopsLiveFromTheFirstUserToTheLast() throws Exception {
    until(() -> loopThreads("picomux-loop") == 0);
    EventLoop first = EventLoops.shared().acquire();
    assertThat(loopThreads("picomux-loop")).isEqualTo(1);
    EventLoops.shared().acquire();
    EventLoops.shared().release();
    assertThat(loopThreads("picomux-loop")).isPositive();
    EventLoops.shared().release();
    until(() -> loopThreads("picomux-loop") == 0);
    EventLoop next = EventLoops.shared().acquire();
    assertThat(next).isNotSameAs(first);
    EventLoops.shared().release();
    until(() -> loopThreads("picomux-loop") == 0);
  }

  /** Returns when the loop has done all that it was asked before. */
  private static void barrier(Registration registration) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    registration.execute(() -> registration.execute(done::countDown));
    done.await();
  }

  private static long loopThreads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }

  private static EventLoop newLoop() {
    try {
      return new EventLoop("test-loop");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private class Recorder implements EventLoop.Handler {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    volatile @Nullable RuntimeException failure;
    volatile boolean failsAtFailure;

    @Override
    public void onReadable(ByteBuffer scratch) {
      try {
        int n = near.read(scratch);
        events.add("read " + n + (loop.isCurrentThread() ? " on loop" : " elsewhere"));
      } catch (IOException e) {
        events.add(e.toString());
      }
      failIfWanted();
    }

    @Override
    public void onWritable() {
      events.add("write");
      failIfWanted();
    }

    @Override
    public void onDeadline() {
      events.add("deadline");
      failIfWanted();
    }

    @Override
    public void onFailure(Throwable cause) {
      events.add("failure " + cause.getMessage());
      if (failsAtFailure) {
        throw new IllegalStateException("while handling " + cause.getMessage());
      }
    }

    private void failIfWanted() {
      RuntimeException wanted = failure;
      if (wanted != null) {
        throw wanted;
      }
    }
  }
}
