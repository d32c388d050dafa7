// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.Activity;
import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;
import icecube.emitter.EmissionSummary.Outcome;
import icecube.stream.AppendResult;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.FingerprintMismatchException;
import icecube.stream.PartitionAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the emitter, in steps: opens the partitions, streams the source into them, stays, and
 * begins again wherever the log turns out to have lost something.
 *
 * <p>Confined to one thread.
 */
public final class Emission implements Activity, AutoCloseable {
  /** Entries read in one step at most: those that the log holds already fill no outbox. */
  static final int ENTRIES_PER_STEP = 256;

  private static final Logger LOG = LoggerFactory.getLogger(Emission.class);

  private final EventSource source;
  private final String fingerprint;
  private final EventLog log;
  private final EmitterSettings settings;
  private final EmitterMetrics metrics;
  private final TimeAndChance time;
  private final LongConsumer progress;
  private final Backoff backoff;
  private final Pace pace;
  private final List<PartitionOutbox> outboxes = new ArrayList<>();
  private final SourceReading reading;
  private final long startNanos;
  private Phase phase = Phase.OPENING;
  private @Nullable Outcome outcome;
  private boolean isAtEnd;
  private long rewinds;

  Emission(
      EventSource source,
      String fingerprint,
      EventLog log,
      EmitterSettings settings,
      EmitterMetrics metrics,
      SendSpans spans,
      TimeAndChance time,
      LongConsumer progress) {
    this.source = source;
    this.fingerprint = fingerprint;
    this.log = log;
    this.settings = settings;
    this.metrics = metrics;
    this.time = time;
    this.progress = progress;
    this.backoff = new Backoff(settings.retryFirst(), settings.retryMax(), time::chance);
    this.startNanos = time.nanoTime();
    this.pace = new Pace(settings, time);
    this.reading = new SourceReading(source, settings, log.partitionCount());
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      outboxes.add(
          new PartitionOutbox(log, source.geometry(), settings, metrics, spans, time, partition));
    }
  }

  /** The next few requests to the log: one append, or one look, per partition. */
  @Override
  public Optional<Duration> step() throws InterruptedException {
    if (outcome != null) {
      return Optional.empty();
    }
    throwIfInterrupted();
    try {
      Duration wait =
          switch (phase) {
            case OPENING -> open();
            case EMITTING -> emit();
            case STAYING -> stay();
          };
      return outcome == null ? Optional.of(wait) : Optional.empty();
    } catch (FingerprintMismatchException e) {
      throw e;
    } catch (EventLogException e) {
      // What became of the last request is unknown; opening again tells.
      throwIfInterrupted();
      metrics.failed();
      phase = Phase.OPENING;
      Duration wait = backoff.next();
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("retry_in", wait)
          .log("the event log does not answer, the emitter waits");
      return Optional.of(wait);
    } catch (CancellationException e) {
      throwIfInterrupted();
      throw e;
    }
  }

  /** How the emission ended, once it has. */
  public EmissionSummary summary() {
    Outcome ended = outcome;
    if (ended == null) {
      throw new IllegalStateException("emission: goes on (expected: ended)");
    }
    var duration = Duration.ofNanos(time.nanoTime() - startNanos);
    var refused = reading.refused();
    long entries = outboxes.stream().mapToLong(PartitionOutbox::entriesPassed).sum();
    return new EmissionSummary(ended, eventsPassed(), refused, entries, rewinds, duration);
  }

  private Duration open() {
    log.putGeometry(source.geometry());
    boolean isMissing = false;
    for (PartitionOutbox outbox : outboxes) {
      isMissing |= outbox.open(fingerprint);
    }
    if (isMissing || !reading.isOpen()) {
      readOn(isMissing);
    }
    phase = Phase.EMITTING;
    return Duration.ZERO;
  }

  /** Begins to read, or goes back to where the log lacks nothing before. */
  private void readOn(boolean isRewind) {
    long entriesRead = reading.entriesTaken();
    Checkpoint from =
        reading.openBefore(outboxes.stream().mapToLong(PartitionOutbox::mark).toArray());
    outboxes.forEach(outbox -> outbox.rewind(from));
    pace.restart();
    isAtEnd = false;
    if (isRewind) {
      rewinds++;
      metrics.rewound(Math.max(0, entriesRead - from.entries()));
      LOG.atWarn()
          .addKeyValue("from_entry", from.entries())
          .log("the event log has lost entries, the source goes back");
    }
  }

  private Duration emit() {
    if (isAtEnd && !isWaiting()) {
      phase = Phase.STAYING;
      return Duration.ZERO;
    }
    Duration paced = fill();
    Duration refused = flush();
    // What the log refused does not wait for the pace, nor for what another partition takes.
    boolean isRefused = !refused.isZero() || (!paced.isZero() && isWaiting());
    return !isRefused ? paced : refused.isZero() ? backoff.next() : refused;
  }

  private boolean isWaiting() {
    return outboxes.stream().anyMatch(outbox -> !outbox.isEmpty());
  }

  /**
   * Reads ahead until there is enough for an append or for this step, the pace says wait, or the
   * source ends; returns how long to wait before reading on.
   */
  private Duration fill() {
    for (int count = 0; count < ENTRIES_PER_STEP && !isAtEnd && hasRoom(); count++) {
      CutEntry entry = reading.peek();
      if (entry == null) {
        isAtEnd = true;
        break;
      }
      PartitionOutbox outbox = outboxes.get(reading.partitionOf(entry));
      if (!outbox.holdsNext()) {
        Duration wait = pace.until(entry);
        if (wait.compareTo(Duration.ZERO) > 0) {
          return wait;
        }
        pace.passed(entry.eventCount());
      }
      reading.take(entry);
      outbox.offer(entry);
    }
    return Duration.ZERO;
  }

  /** Whether one more entry may wait; the last one in may exceed the bytes. */
  private boolean hasRoom() {
    long entries = outboxes.stream().mapToLong(PartitionOutbox::entryCount).sum();
    long sizeBytes = outboxes.stream().mapToLong(PartitionOutbox::sizeBytes).sum();
    metrics.outboxes(entries, sizeBytes);
    return sizeBytes < settings.outboxBytesMax()
        && outboxes.stream().noneMatch(PartitionOutbox::isFull);
  }

  /** Offers every partition what waits for it, once; returns how long to wait before the next. */
  private Duration flush() {
    boolean isBusy = false;
    boolean hasProgress = false;
    for (PartitionOutbox outbox : outboxes) {
      if (outbox.isEmpty()) {
        continue;
      }
      var status = outbox.append();
      if (status == AppendResult.Status.BUSY) {
        isBusy = true;
        metrics.busy();
        continue;
      }
      if (!goesOn(status)) {
        return backoff.next();
      }
      hasProgress = true;
    }
    progress.accept(eventsPassed());
    metrics.checkpoints(reading.checkpointCount());
    if (hasProgress) {
      backoff.reset();
    }
    return isBusy && !hasProgress ? backoff.next() : Duration.ZERO;
  }

  private Duration stay() {
    for (PartitionOutbox outbox : outboxes) {
      // Each time again: it is how the loss of what was appended shows.
      if (!goesOn(outbox.finish())) {
        return backoff.next();
      }
    }
    progress.accept(eventsPassed());
    backoff.reset();
    outcome = settings.staysUntilComplete() ? outcomeByAccounts() : Outcome.APPENDED;
    return settings.pollInterval();
  }

  private @Nullable Outcome outcomeByAccounts() {
    long backlog = 0;
    boolean isComplete = true;
    boolean isBalanced = true;
    for (PartitionOutbox outbox : outboxes) {
      PartitionAccount account = log.account(outbox.partition());
      backlog += account.backlog();
      isComplete &= account.isComplete();
      // An account that has rolled back is not wrong, only behind: finish() will find out.
      boolean isWhole =
          account.entryCount().isPresent()
              && account.entryCount().getAsLong() == account.lastSequence();
      isBalanced &= !isWhole || account.backlog() > 0 || account.isComplete();
    }
    metrics.backlog(backlog);
    if (isComplete) {
      return Outcome.COMPLETE;
    }
    return isBalanced ? null : Outcome.UNBALANCED;
  }

  /** Whether this phase goes on; else the partitions have to be opened again, or it is over. */
  private boolean goesOn(AppendResult.Status status) {
    return switch (status) {
      case OK, DUPLICATE, BUSY -> true;
      case GAP, ROLLED_BACK -> {
        phase = Phase.OPENING;
        yield false;
      }
      case SUPERSEDED -> {
        outcome = Outcome.SUPERSEDED;
        yield false;
      }
    };
  }

  private long eventsPassed() {
    return outboxes.stream().mapToLong(PartitionOutbox::eventsPassed).sum();
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("emitter: interrupted");
    }
  }

  /** Ends the reading of the source, and the spans of entries that still wait. */
  @Override
  public void close() {
    outboxes.forEach(PartitionOutbox::close);
    reading.close();
  }

  private enum Phase {
    OPENING,
    EMITTING,
    STAYING
  }
}
