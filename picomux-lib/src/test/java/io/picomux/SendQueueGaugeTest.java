package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.engine.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendQueueGaugeTest {
  private final SharedMemory memory = new SharedMemory(1 << 20, 1 << 20, Runnable::run);
  private final SendQueueGauge gauge = new SendQueueGauge(100, memory);
  private final List<String> ran = new ArrayList<>();

  @Test
  void isFullFromTheLimitOn() {
    gauge.add(99);
    assertThat(gauge.isFull()).isFalse();
    gauge.add(1);
    assertThat(gauge.isFull()).isTrue();
    assertThat(gauge.bytes()).isEqualTo(100);
  }

  @Test
  void tasksWaitUntilHalfIsFree() {
    gauge.add(100);
    gauge.whenRoom(() -> ran.add("task"));
    gauge.add(-49);
    gauge.runWaiting();
    assertThat(ran).isEmpty();
    gauge.add(-1);
    gauge.runWaiting();
    assertThat(ran).containsExactly("task");
    gauge.runWaiting();
    assertThat(ran).hasSize(1);
  }

  @Test
  void isAwaitedWhileATaskWaits() {
    gauge.add(100);
    assertThat(gauge.isAwaited()).isFalse();
    gauge.whenRoom(() -> ran.add("task"));
    gauge.add(-49);
    gauge.runWaiting();
    assertThat(gauge.isAwaited()).isTrue();
    gauge.add(-1);
    gauge.runWaiting();
    assertThat(gauge.isAwaited()).isFalse();
  }

  @Test
  void aTaskThatComesWhenThereIsRoomRunsAtOnce() {
    gauge.whenRoom(() -> ran.add("task"));
    assertThat(ran).containsExactly("task");
  }

  @Test
  void aForgottenTaskDoesNotRun() {
    gauge.add(100);
    Runnable task = () -> ran.add("task");
    gauge.whenRoom(task);
    gauge.forget(task);
    gauge.end();
    assertThat(ran).isEmpty();
  }

  @Test
  void theEndRunsWaitingAndLaterTasks() {
    gauge.add(100);
    gauge.whenRoom(() -> ran.add("waiting"));
    gauge.end();
    gauge.whenRoom(() -> ran.add("later"));
    assertThat(ran).containsExactly("waiting", "later");
    assertThat(gauge.isFull()).isFalse();
  }
}
