package io.picomux.core;

/** Data frames without data that came on one stream, for {@link PeerConduct}. Not thread-safe. */
final class EmptyFrames {
  /** When the first of them came; nanoseconds since the session began. */
  final long sinceNanos;

  int count;

  EmptyFrames(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }
}
