package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The list of a session's streams against a set. */
@Timeout(60)
class StreamListTest {
  private static final int STREAMS = 40;
  private static final int STEPS = 20_000;

  @Test
  void behavesAsASet() throws Exception {
    long seed = Long.getLong("picomux.seed", System.nanoTime());
    System.out.println("StreamListTest: repeat with -Dpicomux.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        MuxStream stream = pair.client().open(new byte[0]);
        // A closed stream stands in no list of its session any more.
        stream.close();
        streams.add(stream);
      }
      StreamList list = new StreamList();
      Set<MuxStream> model = new LinkedHashSet<>();
      for (int step = 0; step < STEPS; step++) {
        MuxStream stream = streams.get(random.nextInt(STREAMS));
        if (random.nextBoolean()) {
          assertThat(list.remove(stream)).isEqualTo(model.remove(stream));
        } else if (model.add(stream)) {
          list.add(stream);
        }
        assertThat(list.toList()).containsExactlyInAnyOrderElementsOf(model);
      }
    }
  }
}
