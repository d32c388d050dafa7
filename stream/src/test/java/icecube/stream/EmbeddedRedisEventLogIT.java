// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract on the Redis 6.2 that this program carries: scripts by SHA-1. */
final class EmbeddedRedisEventLogIT extends RedisMemoryContract {
  @Override
  Optional<RedisBinary> binary(Path folder) {
    return RedisBinary.carried(folder);
  }

  @Override
  String whyNone() {
    return "no Redis is carried that runs on this system";
  }

  @Test
  void carriedRedisIsOfTheLineWithoutFunctions() {
    assertThat(redis.binary().majorVersion()).isEqualTo(6);
  }
}
