package io.picomux.core;

/** Settings of a session that the first bytes of an input choose. Stateless. */
final class FuzzConfigs {
  private static final FinMode[] FIN_MODES = FinMode.values();
  private static final WindowPolicy[] POLICIES = WindowPolicy.values();

  private FuzzConfigs() {}

  /** Reads two bytes. */
  static MuxConfig read(OperationReader in) {
    int modes = in.next();
    int bounds = in.next();
    MuxLimits.Builder limits = MuxLimits.builder();
    if ((bounds & 1) != 0) {
      limits.receiveBudgetBytes(1 << 20);
    }
    if ((bounds & 2) != 0) {
      limits.maxInboundStreams(4).acceptQueueStreams(2);
    }
    if ((bounds & 4) != 0) {
      limits.maxInboundMetadataBytes(512);
    }
    if ((bounds & 8) != 0) {
      limits.discardBytes(0).closeLingerNanos(0);
    }
    if ((bounds & 16) != 0) {
      limits.finHoldNanos(0).peerGoneNanos(1);
    }
    return MuxConfig.DEFAULT
        .withLimits(limits.build())
        .withFinMode(FIN_MODES[modes % FIN_MODES.length])
        .withWindowPolicy(POLICIES[(modes >>> 2) % POLICIES.length])
        .withDebloat((modes & 64) != 0)
        .withOfferHalfClose((modes & 128) == 0);
  }
}
