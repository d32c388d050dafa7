// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.EventLog;
import icecube.stream.PublishedEntry;
import icecube.stream.Reconciliation;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to stand in the log when everything is over: every event of the source where it belongs,
 * once, and an account that says so. Confined to one thread.
 */
final class EndCheck {
  private static final int PAGE_SIZE = 512;

  private final SeededEvents events;
  private final EventLog log;
  private final Map<Long, Integer> predicted = new HashMap<>();
  private final Map<Long, List<Reason>> dead = new HashMap<>();

  EndCheck(SeededEvents events, EventLog log) {
    this.events = events;
    this.log = log;
  }

  void check() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      read(partition);
    }
    Set<Long> ids = new HashSet<>();
    for (var event : events.events()) {
      if (ids.add(event.id())) {
        check(event.id());
      }
    }
    requireKnown(ids, predicted.keySet());
    requireKnown(ids, dead.keySet());
    var reconciliation = Reconciliation.of(log);
    if (!reconciliation.isComplete()) {
      throw new Violation("not complete: " + reconciliation);
    }
  }

  private void check(long id) {
    Reason reason = events.reason(id);
    int predictions = predicted.getOrDefault(id, 0);
    List<Reason> letters = new ArrayList<>(dead.getOrDefault(id, List.of()));
    for (int copy = 0; copy < events.copies(id); copy++) {
      if (!letters.remove(Reason.REASON_EVENT_ID_DUPLICATE)) {
        throw new Violation("event %d: a copy of it is missing".formatted(id));
      }
    }
    List<Reason> wantedLetters = reason == null ? List.of() : List.of(reason);
    int wantedPredictions = reason == null ? 1 : 0;
    if (predictions != wantedPredictions || !letters.equals(wantedLetters)) {
      throw new Violation(
          "event %d: predicted %d times, dead letters %s (expected: %d, %s)"
              .formatted(id, predictions, letters, wantedPredictions, wantedLetters));
    }
  }

  private static void requireKnown(Set<Long> ids, Set<Long> found) {
    for (long id : found) {
      if (!ids.contains(id)) {
        throw new Violation("event %d: published but never emitted".formatted(id));
      }
    }
  }

  private void read(int partition) {
    try {
      for (var entry : all((after, count) -> log.predictions(partition, after, count))) {
        for (var prediction : PredictionBatch.parseFrom(entry.payload()).getPredictionsList()) {
          predicted.merge(prediction.getEventId(), 1, Integer::sum);
        }
      }
      for (var entry : all((after, count) -> log.deadLetters(partition, after, count))) {
        for (DeadLetter letter : DeadLetterBatch.parseFrom(entry.payload()).getDeadLettersList()) {
          dead.computeIfAbsent(letter.getEventId(), id -> new ArrayList<>())
              .add(letter.getReason());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("published bytes cannot be read: " + e.getMessage());
    }
  }

  private interface Page {
    List<PublishedEntry> after(String id, int countMax);
  }

  private static List<PublishedEntry> all(Page page) {
    List<PublishedEntry> all = new ArrayList<>();
    String after = "";
    List<PublishedEntry> next = page.after(after, PAGE_SIZE);
    while (!next.isEmpty()) {
      all.addAll(next);
      after = next.get(next.size() - 1).id();
      next = page.after(after, PAGE_SIZE);
    }
    return all;
  }
}
