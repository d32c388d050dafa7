// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.nio.file.Path;
import java.util.Optional;

/** Torn files of the Redis 7 or later that is installed. */
final class TornFileServerIT extends TornFileContract {
  @Override
  Optional<RedisBinary> find(Path folder) {
    return RedisBinary.onPath();
  }
}
