package io.picomux;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what becomes true in another thread. */
public final class Conditions {
  private static final Duration POLL = Duration.ofMillis(1);
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  private Conditions() {}

  /** Waits until the condition holds; fails when it does not within 20 seconds. */
  public static void until(Callable<Boolean> condition) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .atMost(AT_MOST)
        .until(condition);
  }
}
