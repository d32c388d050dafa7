// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.OutcomePart;
import icecube.stream.PublishedEntry;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

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
    if (!letters.isEmpty()) {
      PublishedEntry letter = letters.get(dice.between(0, letters.size() - 1));
      int unused =
          send(partition, letter, each -> each.getReason() != Reason.REASON_EVENT_ID_DUPLICATE);
    }
  }

  /** Sends every letter round again that is chosen; returns how many events that are. */
  int all(int partition, Predicate<DeadLetter> choice) {
    int sent = 0;
    String after = "";
    List<PublishedEntry> letters = log.deadLetters(partition, after, LETTERS_MAX);
    while (!letters.isEmpty()) {
      for (PublishedEntry letter : letters) {
        sent += send(partition, letter, choice);
      }
      after = letters.get(letters.size() - 1).id();
      letters = log.deadLetters(partition, after, LETTERS_MAX);
    }
    return sent;
  }

  private int send(int partition, PublishedEntry letter, Predicate<DeadLetter> choice) {
    List<EventEntry> again = new ArrayList<>();
    var kept = DeadLetterBatch.newBuilder();
    var keptDigest = EventDigest.ZERO;
    try {
      for (var each : DeadLetterBatch.parseFrom(letter.payload()).getDeadLettersList()) {
        var digest = EventDigest.of(each.getEventId());
        if (choice.test(each)) {
          again.add(new EventEntry(each.getEvent().toByteArray(), 1, digest));
        } else {
          kept.addDeadLetters(each);
          keptDigest = keptDigest.plus(digest);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("dead letter " + letter.id() + " cannot be read: " + e.getMessage());
    }
    if (!again.isEmpty()) {
      send(partition, letter, again, kept.build(), keptDigest);
    }
    return again.size();
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
