package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallbackExecutorTest {
  @Test
  void aTaskThatIsRejectedRunsOnAVirtualThread() throws Exception {
    CallbackExecutor callbacks =
        new CallbackExecutor(
            task -> {
              throw new RejectedExecutionException("full");
            },
            1);
    AtomicBoolean virtual = new AtomicBoolean();
    CountDownLatch ran = new CountDownLatch(1);
    callbacks.execute(() -> {
      virtual.set(Thread.currentThread().isVirtual());
      ran.countDown();
    });
    ran.await();
    assertThat(virtual).isTrue();
  }

  @Test
  void anExecutorThatRefusesIsLoggedOnceASession() throws Exception {
    CallbackExecutor callbacks =
        new CallbackExecutor(
            task -> {
              throw new RejectedExecutionException("full");
            },
            4711);
    int tasks = 20;
    CountDownLatch ran = new CountDownLatch(tasks);
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < tasks; i++) {
        callbacks.execute(ran::countDown);
      }
      assertThat(log.recordsOf("session 4711: the executor refuses")).hasSize(1);
    }
    ran.await();
  }

  @Test
  void callbacksThatThrowDoNotFloodTheLog() {
    CallbackExecutor callbacks = new CallbackExecutor(Runnable::run, 4712);
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 1000; i++) {
        callbacks.execute(() -> {
          throw new IllegalStateException("thrown by a callback");
        });
      }
      assertThat(log.recordsOf("session 4712: a callback has thrown")).hasSizeLessThan(100);
    }
  }

  @Test
  void aTaskForWhichNoThreadCanBeMadeRunsOnAVirtualThread() throws Exception {
    CallbackExecutor callbacks =
        new CallbackExecutor(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            1);
    CountDownLatch ran = new CountDownLatch(1);
    callbacks.execute(ran::countDown);
    ran.await();
  }

  @Test
  void itTellsOnceThatATaskHasRunOnASelectorThread() throws Exception {
    CallbackExecutor callbacks = new CallbackExecutor(Runnable::run, 1);
    PicoMuxBuilder direct = PicoMux.builder().executor(Runnable::run);
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL, direct, direct)) {
      CountDownLatch ran = new CountDownLatch(1);
      MuxStream near = pair.client().open(new byte[0]);
      pair.server().accept().onReadable(() -> callbacks.execute(ran::countDown));
      near.write(new byte[1], 0, 1);
      ran.await();
    }
    assertThat(callbacks.takeRanOnLoop()).isTrue();
    assertThat(callbacks.takeRanOnLoop()).isFalse();
  }

  @Test
  void aTaskOnAnyOtherThreadHasNotRunOnASelectorThread() {
    CallbackExecutor callbacks = new CallbackExecutor(Runnable::run, 1);
    callbacks.execute(() -> {});
    assertThat(callbacks.takeRanOnLoop()).isFalse();
  }

  @Test
  void whatATaskThrowsStaysThere() {
    AtomicBoolean ran = new AtomicBoolean();
    CallbackExecutor callbacks = new CallbackExecutor(Runnable::run, 1);
    callbacks.execute(() -> {
      ran.set(true);
      throw new AssertionError("thrown by a callback");
    });
    assertThat(ran).isTrue();
  }
}
