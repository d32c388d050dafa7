// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.emitter.EmitterSettings;
import icecube.stream.ClaimSettings;
import icecube.stream.PartitionAccount;
import icecube.stream.PartitionInspection;
import icecube.stream.PartitionInspection.ConsumerInspection;
import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is wrong with a partition, in words that say what to do; {@code docs/FAILURES.md} has a
 * section for each. Stateless.
 */
final class Diagnosis {
  /**
   * A consumer that asked for nothing so long does not read: one that waits asks twice a second.
   */
  static final Duration SILENT_AFTER = Duration.ofSeconds(10);

  /** An entry that waits so long, waits too long. */
  static final Duration OLD_AFTER = Duration.ofSeconds(30);

  /** The part of the memory from which Redis is nearly full. */
  static final double MEMORY_NEARLY_FULL = 0.9;

  private Diagnosis() {}

  /** The problems of one partition; empty if there is none. */
  static List<String> of(PartitionAccount account, PartitionInspection inspection) {
    List<String> problems = new ArrayList<>();
    var events = inspection.events();
    if (events.groups().isEmpty() && events.entryCount() > 0) {
      problems.add(
          "%,d entries and no consumer group: start a consumer".formatted(events.entryCount()));
    }
    events.groups().forEach(group -> readers(events, group, problems));
    backlog(events, problems);
    accounts(account, problems);
    memory(inspection, problems);
    readersOf("predictions", inspection.predictions(), problems);
    readersOf("dead letters", inspection.deadLetters(), problems);
    return problems;
  }

  private static void readers(
      StreamInspection events, GroupInspection group, List<String> problems) {
    boolean isSilent = group.consumers().stream().allMatch(Diagnosis::isSilent);
    if (events.entryCount() > 0 && isSilent) {
      problems.add(
          "%,d of %,d entries are in nobody's hands: no consumer is reading; start one, or look why"
                  .formatted(events.entryCount() - group.pending(), events.entryCount())
              + " it is silent");
    }
    if (group.pendingIdleMax().filter(idle -> isOver(idle, lease().multipliedBy(2))).isPresent()) {
      problems.add(
          "entries are held by consumers that have renewed none for %s: they have died or hang, and"
                  .formatted(Words.age(group.pendingIdleMax()))
              + " nobody claims; look whether another consumer lives");
    }
    if (group.deliveriesMax() >= ClaimSettings.DEFAULT.suspectAt()) {
      problems.add(
          "an entry was delivered %,d times: its consumers die of it, or lose their leases; it is"
                  .formatted(group.deliveriesMax())
              + " tried alone and then ends as CRASH_LOOP");
    }
  }

  private static Duration lease() {
    return ClaimSettings.DEFAULT.lease();
  }

  private static boolean isSilent(ConsumerInspection consumer) {
    return isOver(consumer.idle(), SILENT_AFTER);
  }

  private static boolean isOver(Duration value, Duration limit) {
    return value.compareTo(limit) > 0;
  }

  private static void backlog(StreamInspection events, List<String> problems) {
    if (events.entryCount() >= EmitterSettings.BACKLOG_MAX) {
      problems.add(
          "%,d entries wait: the queue is full and the emitter waits (expected: below %,d); add"
                  .formatted(events.entryCount(), EmitterSettings.BACKLOG_MAX)
              + " consumers or model servers");
    }
    if (events.oldestAge().filter(age -> isOver(age, OLD_AFTER)).isPresent()) {
      problems.add(
          "the oldest entry waits for %s: it cannot be predicted, or nobody takes it; the consumers'"
                  .formatted(Words.age(events.oldestAge()))
              + " log says which");
    }
  }

  private static void accounts(PartitionAccount account, List<String> problems) {
    long inFlight = account.inFlight();
    if (inFlight < 0 || (inFlight > 0 && account.backlog() == 0)) {
      problems.add(
          "the account has %,d events in flight and %,d entries wait: it does not balance; run icecube"
                  .formatted(inFlight, account.backlog())
              + " reconcile");
    }
    if (account.entryCount().isPresent()
        && account.entryCount().getAsLong() > account.lastSequence()) {
      problems.add(
          "%,d of %,d entries of the source are there: Redis was rolled back; start the emitter of"
                  .formatted(account.lastSequence(), account.entryCount().getAsLong())
              + " this source again");
    }
    if (account.deadLettered() > account.deadLetteredTrimmed().events()) {
      problems.add(
          "dead-lettered: %,d of its events; icecube redrive --dry-run tells why"
              .formatted(account.deadLettered() - account.deadLetteredTrimmed().events()));
    }
  }

  private static void memory(PartitionInspection inspection, List<String> problems) {
    long used = inspection.memoryUsedBytes().orElse(0);
    long max = inspection.memoryMaxBytes().orElse(0);
    if (max > 0 && used >= MEMORY_NEARLY_FULL * max) {
      problems.add(
          String.format(
              Locale.ROOT,
              "Redis uses %s of %s: nearly full; emitters wait, consumers go on; trim, or give it"
                  + " more",
              Words.bytes(used),
              Words.bytes(max)));
    }
  }

  private static void readersOf(String stream, StreamInspection of, List<String> problems) {
    for (var group : of.groups()) {
      boolean isSilent = group.consumers().stream().allMatch(Diagnosis::isSilent);
      if (isSilent && group.lag() + group.pending() > 0) {
        problems.add(
            "group %s of %s has %,d entries to read or acknowledge and no consumer is reading"
                .formatted(group.name(), stream, group.lag() + group.pending()));
      }
    }
  }
}
