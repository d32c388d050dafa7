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

  /**
   * Fields of an events entry: payload d, event count n, digest a and b, the time t when it was
   * appended, z if the payload is packed, and traceparent if it is traced. Whatever z says but
   * nothing is taken for zstd, which refuses what it did not write; a traceparent of another length
   * is none.
   */
  static DeliveredEntry delivered(String id, Map<String, byte[]> fields) {
    return new DeliveredEntry(
        EntryId.parse(id),
        field(id, fields, "d"),
        Math.toIntExact(number(field(id, fields, "n"))),
        digest(id, fields),
        fields.containsKey("z") ? PayloadEncoding.ZSTD : PayloadEncoding.PLAIN,
        traceparent(fields));
  }

  private static String traceparent(Map<String, byte[]> fields) {
    byte[] value = fields.get("traceparent");
    return value == null || value.length != EventEntry.TRACEPARENT_LENGTH ? "" : text(value);
  }

  /**
   * Fields of a published entry: source s, consumer c, event count n, digest a and b, payload d.
   */
  static PublishedEntry published(String id, Map<String, byte[]> fields) {
    return new PublishedEntry(
        id,
        EntryId.parse(text(field(id, fields, "s"))),
        text(field(id, fields, "c")),
        field(id, fields, "d"),
        Math.toIntExact(number(field(id, fields, "n"))),
        digest(id, fields));
  }

  private static EventDigest digest(String id, Map<String, byte[]> fields) {
    return new EventDigest(number(field(id, fields, "a")), number(field(id, fields, "b")));
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

  /**
   * Ten values: three counts with two digests each, and the entry count; then five numbers; then
   * seven values: two trimmed counts with two digests each, and the events redriven.
   */
  static PartitionAccount account(List<Object> reply) {
    var stored = (List<?>) reply.get(0);
    var removed = (List<?>) reply.get(6);
    var emitted = tally(stored, 0);
    var predicted = tally(stored, 3);
    var deadLettered = tally(stored, 6);
    var entryCount = stored.get(9);
    return new PartitionAccount(
        emitted.events(),
        predicted.events(),
        deadLettered.events(),
        emitted.digest(),
        predicted.digest(),
        deadLettered.digest(),
        number(reply.get(1)),
        entryCount == null ? OptionalLong.empty() : OptionalLong.of(number(entryCount)),
        number(reply.get(2)),
        number(reply.get(3)),
        number(reply.get(4)),
        number(reply.get(5)),
        tally(removed, 0),
        tally(removed, 3),
        numberOrZero(removed.get(6)));
  }

  private static Tally tally(List<?> values, int from) {
    return new Tally(
        numberOrZero(values.get(from)),
        new EventDigest(numberOrZero(values.get(from + 1)), numberOrZero(values.get(from + 2))));
  }

  /** The arguments of {@link Script#APPEND}. */
  static byte[][] append(long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    var arguments = new ArrayList<byte[]>(4 + 6 * entries.size());
    arguments.add(bytes(epoch));
    arguments.add(bytes(firstSequence));
    arguments.add(bytes(entries.size()));
    arguments.add(bytes(backlogMax));
    for (var entry : entries) {
      add(arguments, entry);
      var letters = entry.deadLetters();
      arguments.add(bytes(letters.eventCount()));
      if (!letters.isEmpty()) {
        arguments.add(bytes(letters.digest().first()));
        arguments.add(bytes(letters.digest().second()));
        arguments.add(letters.payload());
      }
    }
    if (entries.stream().anyMatch(entry -> !entry.traceparent().isEmpty())) {
      entries.forEach(entry -> arguments.add(bytes(entry.traceparent())));
    }
    return arguments.toArray(new byte[0][]);
  }

  private static void add(List<byte[]> arguments, EventEntry entry) {
    arguments.add(entry.payload());
    arguments.add(bytes(entry.eventCount()));
    arguments.add(bytes(entry.digest().first()));
    arguments.add(bytes(entry.digest().second()));
    arguments.add(bytes(entry.encoding() == PayloadEncoding.PLAIN ? 0 : 1));
  }

  private static void add(List<byte[]> arguments, OutcomePart part) {
    arguments.add(bytes(part.eventCount()));
    arguments.add(bytes(part.digest().first()));
    arguments.add(bytes(part.digest().second()));
    arguments.add(part.payload());
  }

  /** The arguments of {@link Script#COMPLETE}. */
  static byte[][] complete(Completion completion) {
    var arguments = new ArrayList<byte[]>(12 + 5 * completion.remainders().size());
    arguments.add(bytes(StreamKeys.GROUP));
    arguments.add(bytes(completion.consumer()));
    arguments.add(bytes(completion.id().toString()));
    arguments.add(bytes(completion.ownerOnly() ? 1 : 0));
    add(arguments, completion.predictions());
    add(arguments, completion.deadLetters());
    completion.remainders().forEach(entry -> add(arguments, entry));
    return arguments.toArray(new byte[0][]);
  }

  /** The arguments of {@link Script#REDRIVE}. */
  static byte[][] redrive(String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    var arguments = new ArrayList<byte[]>(6 + 5 * entries.size());
    arguments.add(bytes(StreamKeys.GROUP));
    arguments.add(bytes(deadLetterId));
    add(arguments, kept);
    entries.forEach(entry -> add(arguments, entry));
    String traceparent = entries.get(0).traceparent();
    if (!traceparent.isEmpty()) {
      arguments.add(bytes(traceparent));
    }
    return arguments.toArray(new byte[0][]);
  }

  /** The arguments of {@link Script#RENEW} and {@link Script#RELEASE}: names, then ids. */
  static byte[][] held(Collection<EntryId> ids, String... names) {
    var arguments = new ArrayList<byte[]>(names.length + ids.size());
    for (String name : names) {
      arguments.add(bytes(name));
    }
    ids.forEach(id -> arguments.add(bytes(id.toString())));
    return arguments.toArray(new byte[0][]);
  }

  /** Their reply. */
  static Set<EntryId> ids(List<Object> reply) {
    return reply.stream()
        .map(id -> EntryId.parse(text(id)))
        .collect(Collectors.toUnmodifiableSet());
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
