package io.picomux.simulation;

import io.picomux.core.FinMode;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxLimits;
import io.picomux.core.WindowPolicy;
import java.time.Duration;

/** What one end of a {@link Program} is set to. Immutable. */
record EndSettings(
    FinMode finMode,
    WindowPolicy windowPolicy,
    boolean debloat,
    boolean offer,
    long receiveBudgetBytes,
    int acceptQueueStreams,
    int maxInboundStreams,
    int streamQueueBytes,
    long sessionQueueBytes,
    long pingMillis,
    long timeoutMillis) {

  MuxConfig config() {
    MuxLimits limits =
        MuxLimits.builder()
            .receiveBudgetBytes(receiveBudgetBytes)
            .acceptQueueStreams(acceptQueueStreams)
            .maxInboundStreams(maxInboundStreams)
            .streamQueueBytes(streamQueueBytes)
            .sessionQueueBytes(sessionQueueBytes)
            .build();
    return MuxConfig.DEFAULT
        .withLimits(limits)
        .withFinMode(finMode)
        .withWindowPolicy(windowPolicy)
        .withDebloat(debloat)
        .withOfferHalfClose(offer)
        .withLiveness(liveness(pingMillis, timeoutMillis));
  }

  EndSettings withTimeoutMillis(long newTimeoutMillis) {
    return new EndSettings(
        finMode,
        windowPolicy,
        debloat,
        offer,
        receiveBudgetBytes,
        acceptQueueStreams,
        maxInboundStreams,
        streamQueueBytes,
        sessionQueueBytes,
        pingMillis,
        newTimeoutMillis);
  }

  EndSettings withReceiveBudgetBytes(long newReceiveBudgetBytes) {
    return new EndSettings(
        finMode,
        windowPolicy,
        debloat,
        offer,
        newReceiveBudgetBytes,
        acceptQueueStreams,
        maxInboundStreams,
        streamQueueBytes,
        sessionQueueBytes,
        pingMillis,
        timeoutMillis);
  }

  boolean tellsResets() {
    return offer && finMode != FinMode.FULL_CLOSE;
  }

  static LivenessConfig liveness(long pingMillis, long timeoutMillis) {
    return LivenessConfig.of(
        Duration.ofMillis(pingMillis), Duration.ofMillis(timeoutMillis), Duration.ofSeconds(15));
  }

  /** Returns the settings as {@link #parse} reads them. */
  @Override
  public String toString() {
    return "fin=%s window=%s debloat=%s offer=%s budget=%d accept=%d inbound=%d queue=%d all=%d ping=%d timeout=%d"
        .formatted(
            finMode,
            windowPolicy,
            debloat,
            offer,
            receiveBudgetBytes,
            acceptQueueStreams,
            maxInboundStreams,
            streamQueueBytes,
            sessionQueueBytes,
            pingMillis,
            timeoutMillis);
  }

  static EndSettings parse(String text) {
    Words words = new Words(text);
    return new EndSettings(
        FinMode.valueOf(words.get("fin")),
        WindowPolicy.valueOf(words.get("window")),
        Boolean.parseBoolean(words.get("debloat")),
        Boolean.parseBoolean(words.get("offer")),
        Long.parseLong(words.get("budget")),
        Integer.parseInt(words.get("accept")),
        Integer.parseInt(words.get("inbound")),
        Integer.parseInt(words.get("queue")),
        Long.parseLong(words.get("all")),
        Long.parseLong(words.get("ping")),
        Long.parseLong(words.get("timeout")));
  }
}
