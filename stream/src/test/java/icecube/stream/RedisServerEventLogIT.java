// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract on the Redis 7 or later that is installed: scripts as a function library. */
final class RedisServerEventLogIT extends RedisMemoryContract {
  @Override
  Optional<RedisBinary> binary(Path folder) {
    return RedisBinary.onPath();
  }

  @Override
  String whyNone() {
    return "no redis-server of version 7.0 or later on the PATH";
  }

  @Test
  void libraryIsThere() {
    assertThat(direct.sync().functionList(Script.LIBRARY)).hasSize(1);
  }
}
