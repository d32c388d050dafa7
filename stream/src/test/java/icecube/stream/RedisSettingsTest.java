// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class RedisSettingsTest {
  @Test
  void passwordNeverAppears() {
    assertThat(masked("redis://:secret@host:1/2")).isEqualTo("redis://***@host:1/2");
    assertThat(masked("rediss://user:secret@host")).isEqualTo("rediss://***@host");
    assertThat(masked("redis://secret@host")).isEqualTo("redis://***@host");
    assertThat(masked("redis://:se@cr/et@host")).isEqualTo("redis://***@host");
    assertThat(masked("redis://host:6379")).isEqualTo("redis://host:6379");
    assertThat(RedisSettings.of("redis://:secret@host", "s"))
        .hasToString("redis://***@host stream s");
  }

  private static String masked(String uri) {
    return RedisSettings.of(uri, "s").maskedUri();
  }

  @Test
  void streamNamesThatWouldMixUpKeysAreRefused() {
    for (String stream : new String[] {"", "a.1", "a}b", "{a", "a b", "x".repeat(65)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RedisSettings.of("redis://host", stream))
          .withMessageStartingWith("stream: " + stream);
    }
  }

  @Test
  void partitionsAreBounded() {
    for (int partitions : new int[] {0, -1, RedisSettings.PARTITION_COUNT_MAX + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RedisSettings("redis://host", "s", OptionalInt.of(partitions)))
          .withMessage("partitions: " + partitions + " (expected: 1..256)");
    }
  }
}
