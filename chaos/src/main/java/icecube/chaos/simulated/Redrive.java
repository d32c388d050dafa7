// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.OutcomePart;
import icecube.stream.PublishedEntry;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * A person who sends dead letters round again, at the worst of times: whatever is wrong with them
 * still is. Confined to one thread.
 */
final class Redrive {
  private static final int LETTERS_MAX = 32;

  private final EventLog log;
  private final Dice dice;

  Redrive(EventLog log, Dice dice) {
    this.log = log;
    this.dice = dice;
  }

  /** Sends one letter of chance round again, if there is one; copies of events stay. */
  void anyLetter(int partition) {
    List<PublishedEntry> letters = log.deadLetters(partition, "", LETTERS_MAX);
    if (letters.isEmpty()) {
      return;
    }
    PublishedEntry letter = letters.get(dice.between(0, letters.size() - 1));
    List<EventEntry> again = new ArrayList<>();
    var kept = DeadLetterBatch.newBuilder();
    var keptDigest = EventDigest.ZERO;
    try {
      for (var each : DeadLetterBatch.parseFrom(letter.payload()).getDeadLettersList()) {
        if (each.getReason() == Reason.REASON_EVENT_ID_DUPLICATE) {
          kept.addDeadLetters(each);
          keptDigest = keptDigest.plus(each.getEventId());
        } else {
          var digest = EventDigest.of(each.getEventId());
          again.add(new EventEntry(each.getEvent().toByteArray(), 1, digest));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("dead letter " + letter.id() + " cannot be read: " + e.getMessage());
    }
    if (!again.isEmpty()) {
      send(partition, letter, again, kept.build(), keptDigest);
    }
  }

  private void send(
      int partition,
      PublishedEntry letter,
      List<EventEntry> again,
      DeadLetterBatch kept,
      EventDigest keptDigest) {
    int keptCount = kept.getDeadLettersCount();
    var part =
        keptCount == 0
            ? OutcomePart.NONE
            : new OutcomePart(kept.toByteArray(), keptCount, keptDigest);
    try {
      boolean unused = log.redrive(partition, letter.id(), again, part);
    } catch (EventLogException e) {
      // Nobody knows what became of it; next time it is there or not.
      return;
    }
  }
}
