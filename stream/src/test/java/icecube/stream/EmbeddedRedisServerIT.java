// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.nio.file.Path;
import java.util.Optional;

final class EmbeddedRedisServerIT extends EmbeddedRedisContract {
  @Override
  Optional<RedisBinary> find(Path folder) {
    return RedisBinary.onPath();
  }
}
