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
