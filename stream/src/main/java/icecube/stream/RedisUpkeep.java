// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.EntryFields.bytes;
import static icecube.stream.EntryFields.number;
import static icecube.stream.EntryFields.text;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.util.List;

/**
 * What those do who look after the log on Redis: the part of {@link RedisEventLog} that reads
 * accounts and what was published, sends round again, and trims. Thread-safe; partitions are
 * checked by the caller.
 */
final class RedisUpkeep {
  /** Entries one call removes, so that nobody waits long behind it. */
  private static final int TRIM_PAGE = 64;

  /** Entries one call counts. */
  private static final int COUNT_PAGE = 500;

  private final RedisLink link;
  private final StreamKeys keys;

  RedisUpkeep(RedisLink link, StreamKeys keys) {
    this.link = link;
    this.keys = keys;
  }

  PartitionAccount account(int partition) {
    String[] partitionKeys = {
      keys.events(partition),
      keys.predictions(partition),
      keys.dead(partition),
      keys.meta(partition)
    };
    return EntryFields.account(ask(Script.ACCOUNT, partitionKeys, bytes(StreamKeys.GROUP)));
  }

  List<PublishedEntry> published(String key, String afterId, int countMax) {
    Arguments.checkCountMax(countMax);
    var after =
        afterId.isEmpty() ? Range.Boundary.<String>unbounded() : Range.Boundary.excluding(afterId);
    var range = Range.from(after, Range.Boundary.<String>unbounded());
    List<StreamMessage<String, byte[]>> messages =
        link.ask("XRANGE", () -> link.commands().xrange(key, range, Limit.from(countMax)));
    return messages.stream()
        .map(message -> EntryFields.published(message.getId(), message.getBody()))
        .toList();
  }

  boolean redrive(int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    Arguments.checkRedrive(entries);
    String[] partitionKeys = {keys.events(partition), keys.dead(partition), keys.meta(partition)};
    var reply =
        ask(Script.REDRIVE, partitionKeys, EntryFields.redrive(deadLetterId, entries, kept));
    return switch (text(reply.get(0))) {
      case "REDRIVEN" -> true;
      case "GONE" -> false;
      default -> throw Arguments.unequal(deadLetterId, number(reply.get(1)), number(reply.get(2)));
    };
  }

  int trim(int partition, int countMax) {
    Arguments.checkCountMax(countMax);
    return trim(partition, keys.predictions(partition), "predicted_trimmed", countMax)
        + trim(partition, keys.dead(partition), "dead_lettered_trimmed", countMax);
  }

  private int trim(int partition, String stream, String counter, int countMax) {
    int removed = 0;
    while (removed < countMax) {
      int page = Math.min(TRIM_PAGE, countMax - removed);
      var reply =
          ask(
              Script.TRIM,
              new String[] {stream, keys.meta(partition)},
              bytes(counter),
              bytes(page));
      int count = Math.toIntExact(number(reply.get(0)));
      removed += count;
      if (count < page) {
        return removed;
      }
    }
    return removed;
  }

  PartitionGlance glance(int partition) {
    return InspectionFields.glance(ask(Script.GLANCE, new String[] {keys.events(partition)}));
  }

  PartitionInspection inspect(int partition) {
    String[] streams = {keys.events(partition), keys.predictions(partition), keys.dead(partition)};
    var reply =
        ask(
            Script.INSPECT,
            streams,
            bytes(StreamKeys.GROUP),
            bytes(PartitionInspection.PENDING_MAX));
    return InspectionFields.inspection(
        reply, (index, after, last) -> lag(streams[index], after, last));
  }

  /** Counts, page by page, what lies between two ids. */
  private long lag(String stream, String afterId, String lastId) {
    long counted = 0;
    String after = afterId;
    while (counted < PartitionInspection.LAG_COUNTED_MAX) {
      var reply =
          ask(Script.COUNT, new String[] {stream}, bytes(after), bytes(lastId), bytes(COUNT_PAGE));
      long count = number(reply.get(0));
      counted += count;
      if (count < COUNT_PAGE) {
        return counted;
      }
      after = text(reply.get(1));
    }
    return counted;
  }

  private List<Object> ask(Script script, String[] partitionKeys, byte[]... arguments) {
    return link.ask(
        script.functionName(), () -> link.scripts().call(script, partitionKeys, arguments));
  }
}
