// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a person who looks after the log wants to see of one partition. Read at one instant, except
 * for a lag that has to be counted.
 *
 * @param events entries not yet published
 * @param predictions what was predicted and not trimmed
 * @param deadLetters what was refused and neither trimmed nor sent round again
 * @param memoryUsedBytes memory the server uses; empty if it does not tell
 * @param memoryMaxBytes memory it may use; 0 for any amount, empty if it does not tell
 */
public record PartitionInspection(
    StreamInspection events,
    StreamInspection predictions,
    StreamInspection deadLetters,
    OptionalLong memoryUsedBytes,
    OptionalLong memoryMaxBytes) {
  /** The most entries that are counted to find the lag of one group. */
  public static final int LAG_COUNTED_MAX = 100_000;

  /** The most pending entries of one group that are looked at. */
  public static final int PENDING_MAX = 1_000;

  /**
   * One of the three streams of a partition.
   *
   * @param entryCount entries in it
   * @param oldestAge how long ago the oldest of them was written; of events: appended
   * @param groups its consumer groups
   */
  public record StreamInspection(
      long entryCount, Optional<Duration> oldestAge, List<GroupInspection> groups) {
    public StreamInspection {
      groups = List.copyOf(groups);
    }
  }

  /**
   * One consumer group.
   *
   * @param name its name
   * @param lastDeliveredId the last entry it was given
   * @param pending entries given and not acknowledged
   * @param lag entries not yet given; always known, unless {@code isLagAtLeast}
   * @param isLagAtLeast whether counting ended at {@value #LAG_COUNTED_MAX}: the lag is that or
   *     more
   * @param pendingIdleMax how long ago the pending entry was given or renewed that is idle longest,
   *     among the first {@value #PENDING_MAX}
   * @param deliveriesMax how often the pending entry was given that was given most often, among the
   *     same; 0 if none is pending
   * @param consumers those of the group
   */
  public record GroupInspection(
      String name,
      String lastDeliveredId,
      long pending,
      long lag,
      boolean isLagAtLeast,
      Optional<Duration> pendingIdleMax,
      long deliveriesMax,
      List<ConsumerInspection> consumers) {
    public GroupInspection {
      consumers = List.copyOf(consumers);
    }
  }

  /**
   * One consumer of a group.
   *
   * @param name its name
   * @param pending entries it holds
   * @param idle how long ago it last asked for something
   */
  public record ConsumerInspection(String name, long pending, Duration idle) {}
}
