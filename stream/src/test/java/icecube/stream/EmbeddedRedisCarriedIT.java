// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EmbeddedRedisCarriedIT extends EmbeddedRedisContract {
  @Override
  Optional<RedisBinary> find(Path folder) {
    return RedisBinary.carried(folder);
  }

  @Test
  void filesOfANewerRedisAreNotPassedOver() throws IOException {
    var folder = Files.createDirectories(home.resolve("newer").resolve("appendonlydir"));
    Files.createFile(folder.resolve("appendonly.aof.manifest"));
    var carried = RedisBinary.carried(home).orElseThrow();

    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> EmbeddedRedis.start(home.resolve("newer"), carried))
        .withMessageContaining("written by Redis 7 or later");
  }
}
