package io.picomux.benchmarks.harness;

import java.time.Duration;

/** Processor time of the two ends of a peer, of all their threads. */
record CpuTimes(Duration client, Duration server) {

  CpuTimes minus(CpuTimes earlier) {
    return new CpuTimes(client.minus(earlier.client), server.minus(earlier.server));
  }
}
