package io.picomux;

import static io.picomux.Interleavings.race;
import static io.picomux.Interleavings.together;
import static org.awaitility.Awaitility.await;

import io.picomux.engine.SharedMemory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Room that one session makes for another. That one hears of it on a virtual thread, which a model
 * checker does not know: real threads race.
 */
class ProcessRoomTest {
  private static final long LIMIT_BYTES = 1 << 20;

  @Test
  void roomThatOneSessionMakesIsNeverMissedByAnother() {
    race(() -> {
      SendQueueGauge waiting = new SendQueueGauge(LIMIT_BYTES);
      SendQueueGauge making = new SendQueueGauge(LIMIT_BYTES);
      making.add(ProcessMemory.QUEUE_POOL_BYTES);
      waiting.add(SharedMemory.QUEUE_FLOOR_BYTES);
      AtomicInteger runs = new AtomicInteger();
      together(
          () -> waiting.whenRoom(runs::incrementAndGet),
          () -> {
            making.add(-ProcessMemory.QUEUE_POOL_BYTES);
            making.runWaiting();
          },
          () -> {
            for (int i = 0; i < 20; i++) {
              waiting.runWaiting();
            }
          });
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(20))
          .until(() -> runs.get() == 1);
      waiting.add(-SharedMemory.QUEUE_FLOOR_BYTES);
    });
  }
}
