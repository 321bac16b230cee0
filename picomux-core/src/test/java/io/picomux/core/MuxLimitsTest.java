package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MuxLimitsTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void defaultsAreThoseOfTheTable() {
    MuxLimits limits = MuxLimits.DEFAULT;
    assertThat(limits.receiveBudgetBytes()).isEqualTo(64 << 20);
    assertThat(limits.maxInboundStreams()).isEqualTo(16_384);
    assertThat(limits.acceptQueueStreams()).isEqualTo(1_024);
    assertThat(limits.maxStreamOpensPerSecond()).isEqualTo(Integer.MAX_VALUE);
    assertThat(limits.maxInboundMetadataBytes()).isEqualTo(65_535);
    assertThat(limits.streamQueueBytes()).isEqualTo(256 << 10);
    assertThat(limits.sessionQueueBytes()).isEqualTo(8 << 20);
    assertThat(limits.finHoldNanos()).isEqualTo(5 * SECOND);
    assertThat(limits.peerGoneNanos()).isEqualTo(30 * SECOND);
    assertThat(limits.closeLingerNanos()).isEqualTo(30 * SECOND);
    assertThat(limits.discardBytes()).isEqualTo(4 << 20);
  }

  record OutOfRange(
      String name, Function<MuxLimits.Builder, MuxLimits.Builder> setter, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<OutOfRange> outOfRange() {
    return Stream.of(
        new OutOfRange(
            "budget",
            b -> b.receiveBudgetBytes((1 << 20) - 1),
            "receiveBudgetBytes is 1048575, must be 1 MiB or more"),
        new OutOfRange(
            "inbound", b -> b.maxInboundStreams(0), "maxInboundStreams is 0, must be 1 or more"),
        new OutOfRange(
            "accept queue",
            b -> b.acceptQueueStreams(0),
            "acceptQueueStreams is 0, must be 1 or more"),
        new OutOfRange(
            "opens",
            b -> b.maxStreamOpensPerSecond(0),
            "maxStreamOpensPerSecond is 0, must be 1 or more"),
        new OutOfRange(
            "metadata below",
            b -> b.maxInboundMetadataBytes(-1),
            "maxInboundMetadataBytes is -1, must be 0 to 65,535 bytes"),
        new OutOfRange(
            "metadata above",
            b -> b.maxInboundMetadataBytes(65_536),
            "maxInboundMetadataBytes is 65536, must be 0 to 65,535 bytes"),
        new OutOfRange(
            "stream queue",
            b -> b.streamQueueBytes(8_191),
            "streamQueueBytes is 8191, must be 8,192 or more"),
        new OutOfRange(
            "session queue",
            b -> b.sessionQueueBytes(65_534),
            "sessionQueueBytes is 65534, must be 65,535 or more"),
        new OutOfRange(
            "FIN hold",
            b -> b.finHoldNanos(-1),
            "finHoldNanos is -1, must be 0 or more nanoseconds"),
        new OutOfRange(
            "peer gone",
            b -> b.peerGoneNanos(0),
            "peerGoneNanos is 0, must be 1 or more nanoseconds"),
        new OutOfRange(
            "linger",
            b -> b.closeLingerNanos(-1),
            "closeLingerNanos is -1, must be 0 or more nanoseconds"),
        new OutOfRange(
            "discard", b -> b.discardBytes(-1), "discardBytes is -1, must be 0 or more"));
  }

  @ParameterizedTest
  @MethodSource
  void outOfRange(OutOfRange setting) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> setting.setter().apply(MuxLimits.builder()))
        .withMessage(setting.message());
  }

  @Test
  void theEndsOfTheRangesAreWithinThem() {
    MuxLimits least =
        MuxLimits.builder()
            .receiveBudgetBytes(1 << 20)
            .maxInboundStreams(1)
            .acceptQueueStreams(1)
            .maxStreamOpensPerSecond(1)
            .maxInboundMetadataBytes(0)
            .streamQueueBytes(8_192)
            .sessionQueueBytes(65_535)
            .finHoldNanos(0)
            .peerGoneNanos(1)
            .closeLingerNanos(0)
            .discardBytes(0)
            .build();
    assertThat(least.receiveBudgetBytes()).isEqualTo(1 << 20);
    assertThat(least.maxInboundStreams()).isOne();
    assertThat(least.acceptQueueStreams()).isOne();
    assertThat(least.maxStreamOpensPerSecond()).isOne();
    assertThat(least.maxInboundMetadataBytes()).isZero();
    assertThat(least.streamQueueBytes()).isEqualTo(8_192);
    assertThat(least.sessionQueueBytes()).isEqualTo(65_535);
    assertThat(least.finHoldNanos()).isZero();
    assertThat(least.peerGoneNanos()).isOne();
    assertThat(least.closeLingerNanos()).isZero();
    assertThat(least.discardBytes()).isZero();
    assertThat(MuxLimits.builder().maxInboundMetadataBytes(65_535).build())
        .extracting(MuxLimits::maxInboundMetadataBytes)
        .isEqualTo(65_535);
  }

  @Test
  void everySettingIsKeptThroughBuildAndToBuilder() {
    MuxLimits limits =
        MuxLimits.builder()
            .receiveBudgetBytes(2 << 20)
            .maxInboundStreams(3)
            .acceptQueueStreams(4)
            .maxStreamOpensPerSecond(12)
            .maxInboundMetadataBytes(5)
            .streamQueueBytes(8_196)
            .sessionQueueBytes(65_537)
            .finHoldNanos(8)
            .peerGoneNanos(9)
            .closeLingerNanos(10)
            .discardBytes(11)
            .build();
    assertThat(limits.toBuilder().build()).usingRecursiveComparison().isEqualTo(limits);
    assertThat(limits.receiveBudgetBytes()).isEqualTo(2 << 20);
    assertThat(limits.maxInboundStreams()).isEqualTo(3);
    assertThat(limits.acceptQueueStreams()).isEqualTo(4);
    assertThat(limits.maxStreamOpensPerSecond()).isEqualTo(12);
    assertThat(limits.maxInboundMetadataBytes()).isEqualTo(5);
    assertThat(limits.streamQueueBytes()).isEqualTo(8_196);
    assertThat(limits.sessionQueueBytes()).isEqualTo(65_537);
    assertThat(limits.finHoldNanos()).isEqualTo(8);
    assertThat(limits.peerGoneNanos()).isEqualTo(9);
    assertThat(limits.closeLingerNanos()).isEqualTo(10);
    assertThat(limits.discardBytes()).isEqualTo(11);
  }
}
