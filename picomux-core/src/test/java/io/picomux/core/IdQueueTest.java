package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdQueueTest {
  @Test
  void behavesAsAQueueOfBoxedIds() {
    long seed = new Random().nextLong();
    System.out.println("IdQueueTest seed " + seed);
    Random random = new Random(seed);
    IdQueue queue = new IdQueue();
    ArrayDeque<Integer> model = new ArrayDeque<>();
    for (int step = 0; step < 100_000; step++) {
      // Long phases of growing and of shrinking, so that the ring wraps at every size.
      boolean growing = (step / 500) % 2 == 0;
      if (model.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
        int id = random.nextInt();
        queue.add(id);
        model.add(id);
      } else {
        assertThat(queue.first()).isEqualTo(model.remove());
        queue.removeFirst();
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }
    for (int id : model) {
      assertThat(queue.first()).isEqualTo(id);
      queue.removeFirst();
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void hasNothingToTakeWhenEmpty() {
    IdQueue queue = new IdQueue();
    assertThatThrownBy(queue::first).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(queue::removeFirst).isInstanceOf(IllegalStateException.class);
  }
}
