// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class EventDigestTest {
  @Test
  void orderDoesNotMatter() {
    assertThat(EventDigest.of(3, 1, 2)).isEqualTo(EventDigest.of(1, 2, 3));
    assertThat(EventDigest.of(1, 2).plus(EventDigest.of(3))).isEqualTo(EventDigest.of(1, 2, 3));
    assertThat(EventDigest.of()).isEqualTo(EventDigest.ZERO);
  }

  @Test
  void repetitionAndReplacementDoMatter() {
    assertThat(EventDigest.of(1, 1)).isNotEqualTo(EventDigest.of(1));
    assertThat(EventDigest.of(1, 3)).isNotEqualTo(EventDigest.of(2, 2));
    assertThat(EventDigest.of(0)).isNotEqualTo(EventDigest.ZERO);
  }

  @Test
  void theOneMissingEventCanBeNamed() {
    long seed = Long.getLong("icecube.seed", 0x5eedL);
    var random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      long missing = random.nextLong();
      var all = EventDigest.of(1, missing, 2);

      assertThat(all.minus(EventDigest.of(2, 1)).onlyEventId())
          .as("repeat with -Dicecube.seed=%d", seed)
          .isEqualTo(missing);
    }
  }

  @Test
  void sumsStayWithinThirtyTwoBits() {
    var max = new EventDigest(0xFFFF_FFFFL, 0xFFFF_FFFFL);

    assertThat(max.plus(new EventDigest(1, 2))).isEqualTo(new EventDigest(0, 1));
    assertThat(EventDigest.ZERO.minus(max)).isEqualTo(new EventDigest(1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventDigest(0x1_0000_0000L, 0))
        .withMessage("digest: 4294967296 0 (expected: both 0..4294967295)");
    assertThatIllegalArgumentException().isThrownBy(() -> new EventDigest(0, -1));
  }
}
