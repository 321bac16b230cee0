package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BracketStackTest {

  @Test
  void remembersTheKindOfEveryOpenBracket() {
    Random random = new Random(TestSeed.of("remembersTheKindOfEveryOpenBracket"));
    BracketStack stack = new BracketStack();
    Deque<Boolean> model = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      // Grows to thousands and shrinks again, so that bits are written over.
      boolean growing = i / 2_500 % 2 == 0;
      if (model.isEmpty() || random.nextInt(4) > 0 == growing) {
        boolean isObject = random.nextBoolean();
        stack.open(isObject);
        model.push(isObject);
      } else {
        stack.close();
        model.pop();
      }
      assertThat(stack.depth()).isEqualTo(model.size());
      if (!model.isEmpty()) {
        assertThat(stack.inObject()).isEqualTo(model.element());
      }
    }
  }

  @Test
  void holdsTheBracketsOfAWholeFrame() {
    BracketStack stack = new BracketStack();
    for (int i = 0; i < 65_535; i++) {
      stack.open(i % 3 == 0);
    }
    for (int i = 65_534; i >= 0; i--) {
      assertThat(stack.inObject()).isEqualTo(i % 3 == 0);
      stack.close();
    }
    assertThat(stack.depth()).isZero();
  }
}
