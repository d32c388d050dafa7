// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.EntryFields.number;
import static icecube.stream.EntryFields.text;

import icecube.stream.PartitionInspection.ConsumerInspection;
import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The replies of {@link Script#INSPECT} and {@link Script#GLANCE} as we have them. */
final class InspectionFields {
  private InspectionFields() {}

  /** Counts the entries of a stream (0 events, 1 predictions, 2 dead letters) between two ids. */
  interface Lag {
    long between(int stream, String afterId, String lastId);
  }

  static PartitionInspection inspection(List<Object> reply, Lag lag) {
    return new PartitionInspection(
        stream(reply, 0, lag),
        stream(reply, 1, lag),
        stream(reply, 2, lag),
        known(reply.get(0)),
        known(reply.get(1)));
  }

  static PartitionGlance glance(List<Object> reply) {
    return new PartitionGlance(millis(reply.get(0)), known(reply.get(1)), known(reply.get(2)));
  }

  private static OptionalLong known(Object value) {
    long number = number(value);
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static StreamInspection stream(List<Object> reply, int index, Lag lag) {
    var stream = (List<?>) reply.get(2 + index);
    String lastId = text(stream.get(1));
    var groups =
        ((List<?>) stream.get(3))
            .stream().map(group -> group((List<?>) group, index, lastId, lag)).toList();
    return new StreamInspection(number(stream.get(0)), millis(stream.get(2)), groups);
  }

  private static GroupInspection group(List<?> group, int index, String lastId, Lag lag) {
    String lastDelivered = text(group.get(1));
    long told = number(group.get(3));
    long known = told >= 0 ? told : lag.between(index, lastDelivered, lastId);
    return new GroupInspection(
        text(group.get(0)),
        lastDelivered,
        number(group.get(2)),
        known,
        told < 0 && known >= PartitionInspection.LAG_COUNTED_MAX,
        millis(group.get(4)),
        number(group.get(5)),
        ((List<?>) group.get(6)).stream().map(each -> consumer((List<?>) each)).toList());
  }

  private static ConsumerInspection consumer(List<?> consumer) {
    return new ConsumerInspection(
        text(consumer.get(0)), number(consumer.get(1)), Duration.ofMillis(number(consumer.get(2))));
  }

  private static Optional<Duration> millis(Object value) {
    long number = number(value);
    return number < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(number));
  }
}
