package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTableTest {

  /** Few different ids make long chains of neighbours, many make the table grow and shrink. */
  @ParameterizedTest
  @ValueSource(ints = {3, 20, 300, 1_000_000})
  void behavesAsAMap(int idCount) {
    long seed = TestSeed.of("behavesAsAMap");
    Random random = new Random(seed);
    StreamTable table = new StreamTable(seed);
    Map<Integer, CoreStream> model = new HashMap<>();
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      boolean growing = i / 2_000 % 2 == 0;
      int id = random.nextInt(idCount) - idCount / 2;
      if (!growing && !ids.isEmpty()) {
        id = ids.get(random.nextInt(ids.size()));
      }
      assertThat(table.get(id)).isSameAs(model.get(id));
      if (model.containsKey(id)) {
        if (random.nextInt(4) > 0 != growing) {
          table.remove(model.remove(id));
          ids.remove(Integer.valueOf(id));
        }
      } else {
        CoreStream stream = stream(id);
        table.add(stream);
        model.put(id, stream);
        ids.add(id);
      }
      assertThat(table.size()).isEqualTo(model.size());
      if (i % 500 == 0) {
        assertSame(table, model);
      }
    }
    assertSame(table, model);
    model.values().forEach(table::remove);
    assertThat(table.size()).isZero();
    assertThat(table.toArray()).isEmpty();
  }

  @Test
  void idsThatCountUpOrShareTheirLowBitsAreFoundAgain() {
    StreamTable table = new StreamTable(0);
    table.add(stream(0));
    for (int i = 1; i <= 4_000; i++) {
      table.add(stream(i));
      table.add(stream(i << 16));
    }
    for (int i = 1; i <= 4_000; i++) {
      assertThat(table.get(i)).isNotNull();
      assertThat(table.get(i << 16)).isNotNull();
    }
    assertThat(table.get(0)).isNotNull();
    assertThat(table.get(-1)).isNull();
  }

  @Test
  void aStreamThatIsNotInTheTableCannotBeRemoved() {
    StreamTable table = new StreamTable(1);
    table.add(stream(5));
    assertThatIllegalStateException().isThrownBy(() -> table.remove(stream(6)));
    assertThatIllegalStateException().isThrownBy(() -> table.remove(stream(5)));
  }

  private static void assertSame(StreamTable table, Map<Integer, CoreStream> model) {
    assertThat(table.toArray()).containsExactlyInAnyOrderElementsOf(model.values());
    List<CoreStream> visited = new ArrayList<>();
    table.forEach(visited::add);
    assertThat(visited).containsExactlyInAnyOrderElementsOf(model.values());
  }

  private static CoreStream stream(int id) {
    return new CoreStream(id, true, new byte[0], null, 0);
  }
}
