// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Entries and replies as Redis has them, and as we do. */
final class EntryFields {
  private EntryFields() {}

  static String id(long sequence) {
    return sequence + "-0";
  }

  /** Fields of an events entry: payload d, event count n, digest a and b. */
  static DeliveredEntry delivered(String id, Map<String, byte[]> fields) {
    return new DeliveredEntry(
        Long.parseLong(id.substring(0, id.indexOf('-'))),
        field(id, fields, "d"),
        Math.toIntExact(number(field(id, fields, "n"))),
        new EventDigest(number(field(id, fields, "a")), number(field(id, fields, "b"))));
  }

  /** Fields of a published entry: sequence s, consumer c, event count n, payload d. */
  static PublishedEntry published(String id, Map<String, byte[]> fields) {
    return new PublishedEntry(
        id,
        number(field(id, fields, "s")),
        new String(field(id, fields, "c"), UTF_8),
        field(id, fields, "d"),
        Math.toIntExact(number(field(id, fields, "n"))));
  }

  private static byte[] field(String id, Map<String, byte[]> fields, String name) {
    byte[] value = fields.get(name);
    if (value == null) {
      throw new EventLogException(
          "entry %s: no field %s; it was not written by this log".formatted(id, name));
    }
    return value;
  }

  /** An entry as a script hands it on: id, then a list of names and values. */
  static DeliveredEntry claimed(Object entry) {
    var parts = (List<?>) entry;
    var fields = new HashMap<String, byte[]>();
    var pairs = (List<?>) parts.get(1);
    for (int i = 0; i < pairs.size(); i += 2) {
      fields.put(text(pairs.get(i)), (byte[]) pairs.get(i + 1));
    }
    return delivered(text(parts.get(0)), fields);
  }

  /** Ten values: three counts with two digests each, and the entry count; then five numbers. */
  static PartitionAccount account(List<Object> reply) {
    var stored = (List<?>) reply.get(0);
    var entryCount = stored.get(9);
    return new PartitionAccount(
        numberOrZero(stored.get(0)),
        numberOrZero(stored.get(3)),
        numberOrZero(stored.get(6)),
        new EventDigest(numberOrZero(stored.get(1)), numberOrZero(stored.get(2))),
        new EventDigest(numberOrZero(stored.get(4)), numberOrZero(stored.get(5))),
        new EventDigest(numberOrZero(stored.get(7)), numberOrZero(stored.get(8))),
        number(reply.get(1)),
        entryCount == null ? OptionalLong.empty() : OptionalLong.of(number(entryCount)),
        number(reply.get(2)),
        number(reply.get(3)),
        number(reply.get(4)),
        number(reply.get(5)));
  }

  /** The arguments of {@link Script#APPEND}. */
  static byte[][] append(long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    var arguments = new ArrayList<byte[]>(3 + 4 * entries.size());
    arguments.add(bytes(epoch));
    arguments.add(bytes(firstSequence));
    arguments.add(bytes(backlogMax));
    for (var entry : entries) {
      arguments.add(entry.payload());
      arguments.add(bytes(entry.eventCount()));
      arguments.add(bytes(entry.digest().first()));
      arguments.add(bytes(entry.digest().second()));
    }
    return arguments.toArray(new byte[0][]);
  }

  /** The arguments of {@link Script#COMPLETE}. */
  static byte[][] complete(Completion completion) {
    var predictions = completion.predictions();
    var deadLetters = completion.deadLetters();
    return new byte[][] {
      bytes(StreamKeys.GROUP),
      bytes(completion.consumer()),
      bytes(completion.sequence()),
      bytes(completion.ownerOnly() ? 1 : 0),
      bytes(predictions.eventCount()),
      bytes(predictions.digest().first()),
      bytes(predictions.digest().second()),
      predictions.payload(),
      bytes(deadLetters.eventCount()),
      bytes(deadLetters.digest().first()),
      bytes(deadLetters.digest().second()),
      deadLetters.payload()
    };
  }

  /** The arguments of {@link Script#RENEW} and {@link Script#RELEASE}: names, then sequences. */
  static byte[][] held(Collection<Long> sequences, String... names) {
    var arguments = new ArrayList<byte[]>(names.length + sequences.size());
    for (String name : names) {
      arguments.add(bytes(name));
    }
    sequences.forEach(sequence -> arguments.add(bytes(sequence)));
    return arguments.toArray(new byte[0][]);
  }

  /** Their reply. */
  static Set<Long> sequences(List<Object> reply) {
    return reply.stream().map(EntryFields::number).collect(Collectors.toUnmodifiableSet());
  }

  private static long numberOrZero(@Nullable Object value) {
    return value == null ? 0 : number(value);
  }

  static long number(Object value) {
    return value instanceof Long number ? number : Long.parseLong(text(value));
  }

  static String text(Object value) {
    return new String((byte[]) value, UTF_8);
  }

  static byte[] bytes(long value) {
    return Long.toString(value).getBytes(US_ASCII);
  }

  static byte[] bytes(String value) {
    return value.getBytes(UTF_8);
  }
}
