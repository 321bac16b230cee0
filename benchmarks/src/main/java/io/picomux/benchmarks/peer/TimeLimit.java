package io.picomux.benchmarks.peer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something unless it is cancelled in time, so that no run outlives its use. */
final class TimeLimit {
  private final CountDownLatch cancelled = new CountDownLatch(1);

  private TimeLimit() {}

  static TimeLimit start(long seconds, Runnable onLimit) {
    TimeLimit limit = new TimeLimit();
    Thread.ofPlatform()
        .daemon()
        .name("benchmark-limit")
        .start(() -> {
          if (!limit.isCancelledWithin(seconds)) {
            onLimit.run();
          }
        });
    return limit;
  }

  private boolean isCancelledWithin(long seconds) {
    try {
      return cancelled.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  void cancel() {
    cancelled.countDown();
  }
}
