package io.picomux.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The arrays that all streams of a process share: what its owner writes is there until it gives it
 * back.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each array has one owner at a time")
@Outcome(expect = FORBIDDEN, desc = "two owners have written to one array")
@State
public class StressOfLargeArrays {
  @Actor
  public void first(II_Result result) {
    result.r1 = use((byte) 1);
  }

  @Actor
  public void second(II_Result result) {
    result.r2 = use((byte) 2);
  }

  private static int use(byte mark) {
    byte[] array = LargeArrays.take();
    array[0] = mark;
    array[LargeArrays.BYTES - 1] = mark;
    boolean mine = array[0] == mark && array[LargeArrays.BYTES - 1] == mark;
    LargeArrays.giveBack(array);
    return mine ? 1 : 0;
  }
}
