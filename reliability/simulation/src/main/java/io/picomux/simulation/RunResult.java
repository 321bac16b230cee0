package io.picomux.simulation;

/**
 * What came of a run without a finding.
 *
 * @param digest of every frame that was sent, with its time
 * @param virtualNanos how long the run took on its own clock
 * @param events how many events that were
 */
record RunResult(long digest, long virtualNanos, long events) {}
