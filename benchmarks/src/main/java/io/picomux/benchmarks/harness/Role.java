package io.picomux.benchmarks.harness;

/** What a peer is in a comparison. */
enum Role {
  /** picomux of this project. */
  OURS,
  /** A connection for each stream. */
  RAW,
  /** Another multiplexer. */
  RIVAL
}
