// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.Completion;
import icecube.stream.EventDigest;
import icecube.stream.EventLog;
import icecube.stream.PartitionAccount;
import icecube.stream.PublishedEntry;
import icecube.testkit.ForwardingEventLog;
import java.util.ArrayList;
import java.util.List;

/** A log whose predictions may hold more than it has itself published. */
abstract class DoubledLog extends ForwardingEventLog {
  /** Higher than any number the log gives. */
  private static final long FIRST_NUMBER = 1_000_000_000;

  private final List<List<PublishedEntry>> more = new ArrayList<>();

  DoubledLog(EventLog log) {
    super(log);
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      more.add(new ArrayList<>());
    }
  }

  /** Publishes the predictions, whatever the log thinks of it. */
  void publishMore(int partition, Completion completion) {
    var part = completion.predictions();
    if (!part.isEmpty()) {
      var published = more.get(partition);
      published.add(
          new PublishedEntry(
              (FIRST_NUMBER + published.size()) + "-0",
              completion.id(),
              completion.consumer(),
              part.payload(),
              part.eventCount(),
              part.digest()));
    }
  }

  /** Takes back what was published last. */
  void unpublish(int partition, Completion completion) {
    if (!completion.predictions().isEmpty()) {
      var published = more.get(partition);
      published.remove(published.size() - 1);
    }
  }

  @Override
  public List<PublishedEntry> predictions(int partition, String afterId, int countMax) {
    boolean isBeyond = afterId.length() > 11;
    List<PublishedEntry> page =
        isBeyond ? List.of() : super.predictions(partition, afterId, countMax);
    if (!page.isEmpty()) {
      return page;
    }
    return more.get(partition).stream()
        .filter(entry -> !isBeyond || entry.id().compareTo(afterId) > 0)
        .limit(countMax)
        .toList();
  }

  @Override
  public PartitionAccount account(int partition) {
    var account = super.account(partition);
    long events = 0;
    var digest = EventDigest.ZERO;
    for (var entry : more.get(partition)) {
      events += entry.eventCount();
      digest = digest.plus(entry.digest());
    }
    return new PartitionAccount(
        account.emitted(),
        account.predicted() + events,
        account.deadLettered(),
        account.emittedDigest(),
        account.predictedDigest().plus(digest),
        account.deadLetteredDigest(),
        account.lastSequence(),
        account.entryCount(),
        account.backlog(),
        account.pending(),
        account.predictionEntryCount() + more.get(partition).size(),
        account.deadLetterEntryCount(),
        account.predictedTrimmed(),
        account.deadLetteredTrimmed(),
        account.redriven());
  }
}
