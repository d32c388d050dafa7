// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;

/** Groups that read predictions in a {@link RandomHistory}, and whoever trims behind them. */
final class HistorySinks {
  private final EventLogFixture fixture;
  private final EventLog log;
  private final Random random;
  private final String because;

  HistorySinks(EventLogFixture fixture, Random random, String because) {
    this.fixture = fixture;
    this.log = fixture.log;
    this.random = random;
    this.because = because;
  }

  /** Reads predictions for a group and acknowledges some of them, sooner or later all. */
  void read(HistoryModel model, String sink) {
    var acknowledged = model.acknowledged.computeIfAbsent(sink, name -> new TreeSet<>());
    model.lastGiven.putIfAbsent(sink, "");
    for (String id : fixture.deliver(sink, 1 + random.nextInt(6))) {
      model.lastGiven.put(sink, id);
      if (random.nextInt(8) != 0) {
        fixture.acknowledge(sink, id);
        acknowledged.add(id);
      }
    }
    for (var entry : log.predictions(0, "", 99)) {
      boolean isGiven = Entries.isUpTo(entry.id(), model.lastGiven.getOrDefault(sink, ""));
      if (isGiven && random.nextBoolean()) {
        fixture.acknowledge(sink, entry.id());
        acknowledged.add(entry.id());
      }
    }
  }

  /** Exactly the oldest that every group has acknowledged may go, and all of them do. */
  void trim(HistoryModel model) {
    var before = log.predictions(0, "", 999);
    int countMax = 1 + random.nextInt(20);
    int due = 0;
    while (due < Math.min(before.size(), countMax)
        && !model.acknowledged.isEmpty()
        && isAcknowledgedByAll(model, before.get(due).id())) {
      due++;
    }
    log.trim(0, countMax);
    assertThat(log.predictions(0, "", 999))
        .as(because)
        .extracting(PublishedEntry::id)
        .isEqualTo(before.stream().skip(due).map(PublishedEntry::id).toList());
  }

  private static boolean isAcknowledgedByAll(HistoryModel model, String id) {
    return model.acknowledged.values().stream().allMatch(ids -> ids.contains(id));
  }
}
