package io.picomux.benchmarks.harness;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the CPU time of a process again and again, until it is stopped: only its client knows
 * when the clock of a run starts, and tells so afterwards.
 */
final class CpuSampler {

  /**
   * Pause between two samples; chosen by judgement: short against a run, long against the cost of a
   * sample and the 10 ms in which Linux counts.
   */
  private static final long PERIOD_MILLIS = 50;

  private final ProcessHandle process;
  private final CpuTimeline timeline = new CpuTimeline();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  private CpuSampler(ProcessHandle process) {
    this.process = process;
    this.thread = Thread.ofPlatform().daemon().name("benchmark-cpu").unstarted(this::sample);
  }

  static CpuSampler start(ProcessHandle process) {
    CpuSampler sampler = new CpuSampler(process);
    sampler.thread.start();
    return sampler;
  }

  private void sample() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = !stopping.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return;
      }
      long now = System.currentTimeMillis();
      process.info().totalCpuDuration().ifPresent(cpu -> timeline.add(now, cpu.toNanos()));
    }
  }

  /** Takes a last sample, ends, and returns all of them. */
  CpuTimeline stop() throws InterruptedException {
    stopping.countDown();
    thread.join();
    return timeline;
  }
}
