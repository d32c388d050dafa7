// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.nio.file.Path;
import java.util.Optional;

/** Torn files of the Redis 6.2 that this program carries. */
final class TornFileCarriedIT extends TornFileContract {
  @Override
  Optional<RedisBinary> find(Path folder) {
    return RedisBinary.carried(folder);
  }
}
