// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import icecube.stream.PartitionInspection.ConsumerInspection;
import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import icecube.stream.PartitionState.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A partition in memory as a person looks at it. There are no consumers but those that hold
 * something, and no server whose memory could be full.
 */
final class PartitionView {
  private final PartitionState state;
  private final long nowNanos;

  PartitionView(PartitionState state, long nowNanos) {
    this.state = state;
    this.nowNanos = nowNanos;
  }

  PartitionInspection inspection() {
    return new PartitionInspection(
        events(),
        state.predictions.inspect(nowNanos),
        state.deadLetters.inspect(nowNanos),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  PartitionGlance glance() {
    return new PartitionGlance(oldestAge(), OptionalLong.empty(), OptionalLong.empty());
  }

  private StreamInspection events() {
    return new StreamInspection(state.events.size(), oldestAge(), List.of(group()));
  }

  private Optional<Duration> oldestAge() {
    return Optional.ofNullable(state.events.firstEntry())
        .map(oldest -> since(oldest.getValue().atNanos()));
  }

  private GroupInspection group() {
    return new GroupInspection(
        StreamKeys.GROUP,
        state.lastDelivered.toString(),
        state.pending.size(),
        state.events.tailMap(state.lastDelivered, false).size(),
        false,
        idleMax(state.pending.values()),
        state.pending.values().stream().mapToInt(Pending::deliveries).max().orElse(0),
        consumers());
  }

  private List<ConsumerInspection> consumers() {
    var held = new TreeMap<String, List<Pending>>();
    for (var pending : state.pending.values()) {
      held.computeIfAbsent(pending.holder(), name -> new ArrayList<>()).add(pending);
    }
    return held.entrySet().stream()
        .map(
            each ->
                new ConsumerInspection(
                    each.getKey(),
                    each.getValue().size(),
                    idleMax(each.getValue()).orElse(Duration.ZERO)))
        .toList();
  }

  private Optional<Duration> idleMax(Iterable<Pending> pending) {
    Duration max = null;
    for (var each : pending) {
      var idle = since(each.sinceNanos());
      max = max == null || idle.compareTo(max) > 0 ? idle : max;
    }
    return Optional.ofNullable(max);
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(nowNanos - nanos);
  }
}
