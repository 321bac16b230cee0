package io.picomux.interop;

import org.jspecify.annotations.Nullable;

/** The rows of the table of passes, in its order. */
enum Case {
  METADATA("metadata of 0, 1, 8192 and 65,535 bytes"),
  ECHO("echo of 0 B to 20 MB, digests both ways"),
  CONCURRENT("60 echoes at once"),
  SMALL_WRITES("2,000 small writes, 500 ping-pongs"),
  BOTH_WAYS("5 MB each way at once"),
  DEBLOAT("debloat on both sides, and switched"),
  RUST_READS_SLOWLY("Rust reads slowly: credit runs out, recovers"),
  JAVA_READS_SLOWLY("Java reads slowly: credit runs out, recovers"),
  HALF_CLOSE("half-close, FIN mode HALF_CLOSE"),
  HALF_CLOSE_AUTO("half-close, FIN mode AUTO: held, then learnt"),
  FULL_CLOSE("full close loses none of our bytes"),
  DROPPED_UNREAD("Rust drops 100 streams with unread data", "sent FIN twice"),
  PEER_GONE("Rust drops a stream that we write: PEER_GONE"),
  REFUSAL("streams beyond the accept queue are refused"),
  LIVENESS("liveness and latency both ways"),
  CRATE_PROFILE("crate profile: the wire of the crate"),
  ENDED("Rust ends the session under open streams"),
  KILLED("Rust killed in mid-transfer", "ms until every call had failed"),
  FROZEN("Rust frozen: TIMED_OUT"),
  SHORT_STREAMS("30,000 short streams in one session"),
  MANY_SESSIONS(
      "1,000 sessions in turn leave nothing behind", "open descriptors of this process afterwards"),
  EXIT("curl, our SOCKS proxy, Rust exit: 20 MB up, down"),
  CLIENT("Rust client, our exit: 20 MB up and down");

  private final String title;
  private final @Nullable String measured;

  Case(String title) {
    this(title, null);
  }

  Case(String title, @Nullable String measured) {
    this.title = title;
    this.measured = measured;
  }

  String title() {
    return title;
  }

  /** What a second row of the case tells in numbers, without judging them; null for nothing. */
  @Nullable String measured() {
    return measured;
  }
}
