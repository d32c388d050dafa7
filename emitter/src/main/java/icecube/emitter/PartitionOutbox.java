// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.chassis.TimeAndChance;
import icecube.physics.DetectorGeometry;
import icecube.stream.AppendResult;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.v1.Reason;
import io.opentelemetry.api.trace.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one partition between the source and the log, as many as one append takes.
 *
 * <p>The log's own high-water mark is the only truth about what it holds: it is taken from every
 * answer, and entries up to it are dropped from here. Confined to one thread.
 */
final class PartitionOutbox {
  private final EventLog log;
  private final DetectorGeometry geometry;
  private final EmitterSettings settings;
  private final EmitterMetrics metrics;
  private final SendSpans spans;
  private final TimeAndChance time;
  private final int partition;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long epoch;
  private long mark;
  private int opensUnknown;
  private long nextSequence = 1;
  private long eventsPassed;

  PartitionOutbox(
      EventLog log,
      DetectorGeometry geometry,
      EmitterSettings settings,
      EmitterMetrics metrics,
      SendSpans spans,
      TimeAndChance time,
      int partition) {
    this.log = log;
    this.geometry = geometry;
    this.settings = settings;
    this.metrics = metrics;
    this.spans = spans;
    this.time = time;
    this.partition = partition;
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

  /** The source is read again from a place before which the log lacks nothing. */
  void rewind(Checkpoint from) {
    waiting.forEach(entry -> entry.span.end());
    waiting.clear();
    waitingBytes = 0;
    nextSequence = from.entriesOf(partition) + 1;
    eventsPassed = from.eventsOf(partition);
  }

  /** Whether the log holds the partition's next entry or has held it. */
  boolean holdsNext() {
    return nextSequence <= mark;
  }

  /** Takes the partition's next entry, or passes it over if the log holds it. */
  void offer(CutEntry entry) {
    boolean isHeld = holdsNext();
    long sequence = nextSequence++;
    if (isHeld) {
      eventsPassed += entry.eventCount();
      return;
    }
    var added = new Waiting(sequence, entry);
    waiting.addLast(added);
    waitingBytes += added.sizeBytes;
  }

  boolean isFull() {
    return waiting.size() >= settings.entriesPerAppend();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Entries that wait here. */
  int entryCount() {
    return waiting.size();
  }

  /** What they take in memory, about. */
  long sizeBytes() {
    return waitingBytes;
  }

  /** Sends everything that waits. */
  AppendResult.Status append() {
    List<EventEntry> entries = new ArrayList<>(waiting.size());
    for (Waiting entry : waiting) {
      waitingBytes -= entry.sizeBytes;
      entries.add(entry.encode());
      waitingBytes += entry.sizeBytes;
    }
    long first = firstSequence();
    long startNanos = time.nanoTime();
    var result = log.append(partition, epoch, first, entries, settings.backlogMax());
    metrics.answered(time.nanoTime() - startNanos);
    if (result.status() == AppendResult.Status.OK) {
      waiting.stream()
          .filter(entry -> entry.sequence <= result.lastSequence())
          .forEach(entry -> metrics.appended(entry.eventCount, entry.refused));
    } else if (result.status() == AppendResult.Status.BUSY) {
      waiting.forEach(entry -> SendSpans.busy(entry.span));
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

  /** Entries that the log holds or has held, by its last answer. */
  long mark() {
    return mark;
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
      Waiting gone = waiting.removeFirst();
      gone.span.end();
      eventsPassed += gone.eventCount;
      waitingBytes -= gone.sizeBytes;
    }
  }

  /** Nothing more is sent: ends the spans of what waits. */
  void close() {
    waiting.forEach(entry -> SendSpans.left(entry.span));
  }

  /** An entry that waits: events until it is first sent, bytes from then on. */
  private final class Waiting {
    private final long sequence;
    private final int eventCount;
    private final Map<Reason, Integer> refused;
    private long sizeBytes;
    private @Nullable CutEntry cut;
    private @Nullable EventEntry encoded;
    private Span span = Span.getInvalid();

    Waiting(long sequence, CutEntry cut) {
      this.sequence = sequence;
      this.eventCount = cut.eventCount();
      this.refused = cut.refused();
      this.sizeBytes = cut.sizeBytes();
      this.cut = cut;
    }

    EventEntry encode() {
      EventEntry made = encoded;
      CutEntry events = cut;
      if (made == null && events != null) {
        String batchId = partition + "-" + sequence;
        var sending = spans.begin(partition, sequence, events);
        span = sending.span();
        made = events.encode(geometry, batchId, time.unixMicros(), settings.encoding(), sending);
        encoded = made;
        cut = null;
        sizeBytes = (long) made.payload().length + made.deadLetters().payload().length;
      }
      return requireNonNull(made, "encoded");
    }
  }
}
