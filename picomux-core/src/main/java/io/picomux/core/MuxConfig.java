package io.picomux.core;

import java.util.Objects;

/**
 * What one session is set to. Immutable.
 *
 * @param limits the bounds
 * @param liveness how a dead peer is noticed; can be changed while the session lives
 * @param finMode what FIN means
 * @param windowPolicy how far receive windows open while debloat is off
 * @param debloat whether the session starts with {@link WindowPolicy#DEBLOAT}
 * @param offerHalfClose whether our PINGs carry the field by which Java peers agree on half-close
 *     from the first day; other peers ignore it
 */
public record MuxConfig(
    MuxLimits limits,
    LivenessConfig liveness,
    FinMode finMode,
    WindowPolicy windowPolicy,
    boolean debloat,
    boolean offerHalfClose) {

  /** The defaults. */
  public static final MuxConfig DEFAULT =
      new MuxConfig(
          MuxLimits.DEFAULT, LivenessConfig.DEFAULT, FinMode.AUTO, WindowPolicy.PATH, false, true);

  /** Checks that nothing is missing. */
  public MuxConfig {
    Objects.requireNonNull(limits);
    Objects.requireNonNull(liveness);
    Objects.requireNonNull(finMode);
    Objects.requireNonNull(windowPolicy);
  }

  /** Returns the same with other limits. */
  public MuxConfig withLimits(MuxLimits newLimits) {
    return new MuxConfig(newLimits, liveness, finMode, windowPolicy, debloat, offerHalfClose);
  }

  /** Returns the same with another liveness. */
  public MuxConfig withLiveness(LivenessConfig newLiveness) {
    return new MuxConfig(limits, newLiveness, finMode, windowPolicy, debloat, offerHalfClose);
  }

  /** Returns the same with another meaning of FIN. */
  public MuxConfig withFinMode(FinMode newFinMode) {
    return new MuxConfig(limits, liveness, newFinMode, windowPolicy, debloat, offerHalfClose);
  }

  /** Returns the same with another window policy. */
  public MuxConfig withWindowPolicy(WindowPolicy newPolicy) {
    return new MuxConfig(limits, liveness, finMode, newPolicy, debloat, offerHalfClose);
  }

  /** Returns the same with debloat on or off from the start. */
  public MuxConfig withDebloat(boolean on) {
    return new MuxConfig(limits, liveness, finMode, windowPolicy, on, offerHalfClose);
  }

  /** Returns the same with or without the offer of half-close in PINGs. */
  public MuxConfig withOfferHalfClose(boolean offer) {
    return new MuxConfig(limits, liveness, finMode, windowPolicy, debloat, offer);
  }
}
