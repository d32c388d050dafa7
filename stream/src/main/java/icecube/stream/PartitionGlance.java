// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What of one partition is watched all the time beside its account: the few facts of a {@link
 * PartitionInspection} that cost nothing and need no rights but those to append or to consume.
 *
 * @param oldestAge how long ago the oldest entry not yet published was appended; empty if there is
 *     none
 * @param memoryUsedBytes memory the server uses; empty if it does not tell
 * @param memoryMaxBytes memory it may use; 0 for any amount, empty if it does not tell
 */
public record PartitionGlance(
    Optional<Duration> oldestAge, OptionalLong memoryUsedBytes, OptionalLong memoryMaxBytes) {
  public PartitionGlance {
    requireNonNull(oldestAge, "oldestAge");
    requireNonNull(memoryUsedBytes, "memoryUsedBytes");
    requireNonNull(memoryMaxBytes, "memoryMaxBytes");
  }
}
