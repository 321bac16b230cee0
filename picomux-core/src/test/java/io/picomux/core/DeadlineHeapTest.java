package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineHeapTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 60, 800})
  void behavesAsASortedMap(int streamCount) {
    Random random = new Random(TestSeed.of("behavesAsASortedMap"));
    CoreStream[] streams = new CoreStream[streamCount];
    for (int i = 0; i < streamCount; i++) {
      streams[i] = stream(i);
    }
    DeadlineHeap heap = new DeadlineHeap();
    TreeMap<Long, Set<CoreStream>> model = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      CoreStream stream = streams[random.nextInt(streamCount)];
      // Equal deadlines happen, and moves to earlier and later ones.
      long deadline = random.nextInt(3) == 0 ? DeadlineHeap.NEVER : random.nextInt(300);
      move(model, stream, deadline);
      heap.set(stream, deadline);
      assertThat(stream.deadlines().heapIndex < 0).isEqualTo(deadline == DeadlineHeap.NEVER);
      assertSame(heap, model);
      if (random.nextInt(50) == 0) {
        drain(heap, model, random.nextInt(300));
      }
    }
    drain(heap, model, 300);
    assertThat(model).isEmpty();
    assertThat(heap.earliestNanos()).isEqualTo(DeadlineHeap.NEVER);
    assertThat(heap.due(Long.MAX_VALUE - 1)).isNull();
  }

  @Test
  void aDeadlineIsDueWhenItsTimeHasCome() {
    DeadlineHeap heap = new DeadlineHeap();
    CoreStream stream = stream(1);
    heap.set(stream, 100);
    assertThat(heap.due(99)).isNull();
    assertThat(heap.due(100)).isSameAs(stream);
    assertThat(heap.due(100)).as("due leaves it in").isSameAs(stream);
    heap.set(stream, DeadlineHeap.NEVER);
    assertThat(heap.due(100)).isNull();
  }

  private static void drain(
      DeadlineHeap heap, NavigableMap<Long, Set<CoreStream>> model, long nowNanos) {
    long last = 0;
    CoreStream due;
    while ((due = heap.due(nowNanos)) != null) {
      assertThat(due.deadlineNanos()).isBetween(last, nowNanos);
      last = due.deadlineNanos();
      move(model, due, DeadlineHeap.NEVER);
      heap.set(due, DeadlineHeap.NEVER);
      assertSame(heap, model);
    }
    assertThat(model.headMap(nowNanos, true)).isEmpty();
  }

  private static void move(
      NavigableMap<Long, Set<CoreStream>> model, CoreStream stream, long deadline) {
    Set<CoreStream> old = model.get(stream.deadlineNanos());
    if (old != null && old.remove(stream) && old.isEmpty()) {
      model.remove(stream.deadlineNanos());
    }
    if (deadline != DeadlineHeap.NEVER) {
      model.computeIfAbsent(deadline, d -> new HashSet<>()).add(stream);
    }
  }

  private static void assertSame(DeadlineHeap heap, NavigableMap<Long, Set<CoreStream>> model) {
    if (model.isEmpty()) {
      assertThat(heap.earliestNanos()).isEqualTo(DeadlineHeap.NEVER);
    } else {
      assertThat(heap.earliestNanos()).isEqualTo(model.firstKey());
      assertThat(model.firstEntry().getValue()).contains(heap.due(Long.MAX_VALUE - 1));
    }
  }

  private static CoreStream stream(int id) {
    return new CoreStream(id, true, new byte[0], null, 0);
  }
}
