package io.picomux;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Races that are there: what the other stress tests look for, with the defect that they must not
 * have. Each of them has to be found.
 */
final class StressOfPlantedRaces {
  private StressOfPlantedRaces() {}

  /** A role without a note that there is more to write. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "both were written")
  @Outcome(expect = FORBIDDEN, desc = "a request is lost")
  @State
  public static class RoleWithoutNote {
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicInteger brought = new AtomicInteger();
    private final AtomicInteger written = new AtomicInteger();

    @Actor
    public void first() {
      bring();
    }

    @Actor
    public void second() {
      bring();
    }

    private void bring() {
      brought.incrementAndGet();
      if (taken.compareAndSet(false, true)) {
        written.addAndGet(brought.getAndSet(0));
        taken.set(false);
      }
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = written.get();
    }
  }

  /** The mark of a stream with new data is cleared after the look at the bytes. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "the byte is seen, or still announced")
  @Outcome(expect = FORBIDDEN, desc = "a byte that nobody will look for")
  @State
  public static class MarkClearedAfterTheLook {
    private final AtomicBoolean announced = new AtomicBoolean(true);
    private final AtomicInteger bytes = new AtomicInteger();
    private int seen;

    @Actor
    public void application() {
      bytes.incrementAndGet();
      announced.set(true);
    }

    @Actor
    public void writer() {
      seen = bytes.get();
      announced.set(false);
    }

    @Arbiter
    public void look(I_Result result) {
      result.r1 = seen == 1 || announced.get() ? 1 : 0;
    }
  }
}
