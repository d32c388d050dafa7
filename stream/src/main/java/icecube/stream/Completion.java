// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What became of one entry: predictions, dead letters, and what goes round again, all in one step.
 *
 * <p>Every event of the entry belongs on exactly one of the three sides. An entry of which all was
 * refused at the door is completed with nothing on any.
 *
 * @param consumer who publishes; not empty
 * @param id the entry
 * @param ownerOnly whether only the holder of the entry may publish (dead letters on suspicion)
 * @param predictions the events predicted
 * @param deadLetters the events refused
 * @param remainders entries to append in the place of this one, in the same step; at most as many
 *     as the entry has events, with at least one event each, nothing refused at the door and no
 *     traceparent of their own: they keep that of the entry
 */
public record Completion(
    String consumer,
    EntryId id,
    boolean ownerOnly,
    OutcomePart predictions,
    OutcomePart deadLetters,
    List<EventEntry> remainders) {
  public Completion {
    requireNonNull(id, "id");
    requireNonNull(predictions, "predictions");
    requireNonNull(deadLetters, "deadLetters");
    remainders = List.copyOf(remainders);
    if (consumer.isEmpty()) {
      throw new IllegalArgumentException("consumer: empty (expected: a name)");
    }
    Arguments.checkRemainders(remainders);
  }

  /** A completion of the whole entry: nothing goes round again. */
  public Completion(
      String consumer,
      EntryId id,
      boolean ownerOnly,
      OutcomePart predictions,
      OutcomePart deadLetters) {
    this(consumer, id, ownerOnly, predictions, deadLetters, List.of());
  }
}
