package io.picomux.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DirectBuffersTest {
  @Test
  void aBufferThatWasGivenBackIsTakenAgainCleared() {
    DirectBuffers buffers = new DirectBuffers(100, 4);
    ByteBuffer first = buffers.take();
    assertThat(first.isDirect()).isTrue();
    assertThat(first.capacity()).isEqualTo(100);
    first.put(new byte[30]).flip().get();
    buffers.giveBack(first);
    ByteBuffer again = buffers.take();
    assertThat(again).isSameAs(first);
    assertThat(again.position()).isZero();
    assertThat(again.limit()).isEqualTo(100);
  }

  @Test
  void nobodyGetsABufferThatIsInUse() {
    DirectBuffers buffers = new DirectBuffers(10, 4);
    assertThat(buffers.take()).isNotSameAs(buffers.take());
  }

  @Test
  void noMoreThanTheLimitIsKept() {
    DirectBuffers buffers = new DirectBuffers(10, 2);
    List<ByteBuffer> taken = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      taken.add(buffers.take());
    }
    taken.forEach(buffers::giveBack);
    Set<ByteBuffer> again = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 5; i++) {
      again.add(buffers.take());
    }
    Set<ByteBuffer> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.addAll(taken);
    again.retainAll(kept);
    assertThat(again).hasSize(2);
  }
}
