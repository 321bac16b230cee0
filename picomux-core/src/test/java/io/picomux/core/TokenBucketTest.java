package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void allowsTenThousandAtOnceThenThreeHundredThirtyASecond() {
    TokenBucket bucket = new TokenBucket(10_000, 330, 0);
    assertThat(takeAll(bucket, 0)).isEqualTo(10_000);
    assertThat(takeAll(bucket, SECOND)).isEqualTo(330);
    assertThat(takeAll(bucket, SECOND)).isZero();
    assertThat(takeAll(bucket, 11 * SECOND)).isBetween(3_299, 3_300);
    assertThat(takeAll(bucket, 1_000 * SECOND)).as("never more than a burst").isEqualTo(10_000);
  }

  private static int takeAll(TokenBucket bucket, long nowNanos) {
    int taken = 0;
    while (bucket.tryTake(nowNanos)) {
      taken++;
    }
    return taken;
  }
}
