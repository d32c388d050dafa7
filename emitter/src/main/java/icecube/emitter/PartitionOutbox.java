// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.TimeAndChance;
import icecube.physics.DetectorGeometry;
import icecube.stream.AppendResult;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one partition between the source and the log, at most {@code capacity} of them.
 *
 * <p>The log's own high-water mark is the only truth about what it holds: it is taken from every
 * answer, and entries up to it are dropped from here. Confined to one thread.
 */
final class PartitionOutbox {
  private final EventLog log;
  private final DetectorGeometry geometry;
  private final EmitterMetrics metrics;
  private final TimeAndChance time;
  private final int partition;
  private final int capacity;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long epoch;
  private long mark;
  private int opensUnknown;
  private long nextSequence = 1;
  private long eventsPassed;

  PartitionOutbox(
      EventLog log,
      DetectorGeometry geometry,
      EmitterMetrics metrics,
      TimeAndChance time,
      int partition,
      int capacity) {
    this.log = log;
    this.geometry = geometry;
    this.metrics = metrics;
    this.time = time;
    this.partition = partition;
    this.capacity = capacity;
  }

  /**
   * Opens the partition and learns what it holds.
   *
   * @return whether the log lacks entries that the source has passed and that are no longer here
   */
  boolean open(String fingerprint) {
    opensUnknown++;
    var opened = log.openProducer(partition, fingerprint);
    opensUnknown--;
    epoch = opened.epoch();
    movedTo(opened.lastSequence());
    return mark + 1 < firstSequence();
  }

  /** The source is read again from its start. */
  void rewind() {
    waiting.clear();
    nextSequence = 1;
    eventsPassed = 0;
  }

  /** Takes the partition's next entry; returns false if it was passed over: the log holds it. */
  boolean offer(CutEntry entry) {
    long sequence = nextSequence++;
    if (sequence <= mark) {
      eventsPassed += entry.eventCount();
      return false;
    }
    waiting.addLast(new Waiting(sequence, entry));
    return true;
  }

  boolean isFull() {
    return waiting.size() >= capacity;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Sends everything that waits. */
  AppendResult.Status append(int backlogMax) {
    List<EventEntry> entries = new ArrayList<>(waiting.size());
    for (Waiting entry : waiting) {
      entries.add(entry.encoded());
    }
    long first = firstSequence();
    var result = log.append(partition, epoch, first, entries, backlogMax);
    if (result.status() == AppendResult.Status.OK) {
      waiting.stream()
          .filter(entry -> entry.sequence <= result.lastSequence())
          .forEach(entry -> metrics.appended(entry.cut));
    }
    movedTo(result.lastSequence());
    return statusOf(result);
  }

  /**
   * States that the source has no more entries for this partition.
   *
   * @throws SourceChangedException if the log holds more than the source has
   */
  AppendResult.Status finish() {
    long entryCount = nextSequence - 1;
    if (mark > entryCount) {
      throw new SourceChangedException(
          "entries: %d in partition %d of the log (expected: at most %d, as many as the source has); the source has changed since, use a new --stream"
              .formatted(mark, partition, entryCount));
    }
    var result = log.finishProducer(partition, epoch, entryCount);
    movedTo(result.lastSequence());
    return statusOf(result);
  }

  /**
   * An opening whose answer was lost may be done late and fence this very emitter. Each such
   * opening excuses one refusal, so that two emitters still cannot fence each other for ever.
   */
  private AppendResult.Status statusOf(AppendResult result) {
    if (result.status() == AppendResult.Status.SUPERSEDED && opensUnknown > 0) {
      opensUnknown--;
      return AppendResult.Status.ROLLED_BACK;
    }
    return result.status();
  }

  int partition() {
    return partition;
  }

  /** Events of this reading that the log holds or has held. */
  long eventsPassed() {
    return eventsPassed;
  }

  /** Entries of the source that the log is known to hold or to have held. */
  long entriesPassed() {
    return firstSequence() - 1;
  }

  private long firstSequence() {
    return waiting.isEmpty() ? nextSequence : waiting.getFirst().sequence;
  }

  private void movedTo(long lastSequence) {
    mark = lastSequence;
    while (!waiting.isEmpty() && waiting.getFirst().sequence <= mark) {
      eventsPassed += waiting.removeFirst().cut.eventCount();
    }
  }

  /** An entry that waits; its bytes are made once, when it is first sent. */
  private final class Waiting {
    private final long sequence;
    private final CutEntry cut;
    private @Nullable EventEntry encoded;

    Waiting(long sequence, CutEntry cut) {
      this.sequence = sequence;
      this.cut = cut;
    }

    EventEntry encoded() {
      EventEntry made = encoded;
      if (made == null) {
        made = cut.encode(geometry, partition + "-" + sequence, time.unixMicros());
        encoded = made;
      }
      return made;
    }
  }
}
