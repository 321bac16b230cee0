package io.picomux;

import static io.picomux.Interleavings.check;
import static io.picomux.Interleavings.explore;
import static io.picomux.Interleavings.isCaught;
import static io.picomux.Interleavings.together;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The hand-over of the writer's role: whatever is brought before the role is asked for is written,
 * by one thread at a time, and at the end the role is free.
 */
class WriterRoleModelTest {
  /** What the model needs of a role. */
  private interface Role {
    boolean takeOrLeaveNote();

    void lookAnew();

    boolean release();
  }

  private static final class RealRole implements Role {
    private final WriterRole role = new WriterRole();

    @Override
    public boolean takeOrLeaveNote() {
      return role.takeOrLeaveNote();
    }

    @Override
    public void lookAnew() {
      role.lookAnew();
    }

    @Override
    public boolean release() {
      return role.release();
    }
  }

  /** Leaves no note: a request that comes during the last look is lost. */
  private static final class WithoutNote implements Role {
    private final AtomicInteger taken = new AtomicInteger();

    @Override
    public boolean takeOrLeaveNote() {
      return taken.compareAndSet(0, 1);
    }

    @Override
    public void lookAnew() {}

    @Override
    public boolean release() {
      taken.set(0);
      return true;
    }
  }

  /** Takes the role by a look and a write: two threads may have it. */
  private static final class WithoutCompareAndSet implements Role {
    private final AtomicInteger state = new AtomicInteger();

    @Override
    public boolean takeOrLeaveNote() {
      if (state.get() == 0) {
        state.set(1);
        return true;
      }
      return !state.compareAndSet(1, 2) && state.compareAndSet(0, 1);
    }

    @Override
    public void lookAnew() {
      state.set(1);
    }

    @Override
    public boolean release() {
      return state.compareAndSet(1, 0);
    }
  }

  @Test
  void noRequestIsLostAndOneThreadWritesAtATime() {
    explore(() -> bringAndWrite(() -> new RealRole(), 3));
  }

  @Test
  void aRoleWithoutNoteIsCaught() {
    assertThat(isCaught(() -> bringAndWrite(() -> new WithoutNote(), 2))).isTrue();
  }

  @Test
  void aRoleThatTwoThreadsCanTakeIsCaught() {
    assertThat(isCaught(() -> bringAndWrite(() -> new WithoutCompareAndSet(), 2))).isTrue();
  }

  private static void bringAndWrite(Supplier<Role> roles, int threads) throws InterruptedException {
    Role role = roles.get();
    AtomicInteger brought = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    AtomicInteger mostWriters = new AtomicInteger();
    int[] written = new int[1];
    Interleavings.Step bring =
        () -> {
          brought.incrementAndGet();
          if (role.takeOrLeaveNote()) {
            mostWriters.accumulateAndGet(writers.incrementAndGet(), Math::max);
            boolean released = false;
            while (!released) {
              role.lookAnew();
              int n = brought.getAndSet(0);
              written[0] += n;
              writers.decrementAndGet();
              released = n == 0 && role.release();
              if (!released) {
                writers.incrementAndGet();
              }
            }
          }
        };
    together(Collections.nCopies(threads, bring).toArray(Interleavings.Step[]::new));
    check(mostWriters.get() == 1, mostWriters + " threads had the role at a time");
    check(written[0] == threads, threads + " brought, written: " + written[0]);
    check(role.takeOrLeaveNote(), "the role is free at the end");
  }
}
