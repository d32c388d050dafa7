// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.Backoff;
import icecube.emitter.EmissionSummary.Outcome;
import icecube.stream.AppendResult;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.FingerprintMismatchException;
import icecube.stream.PartitionAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the emitter: opens the partitions, streams the source into them, stays, and begins
 * again wherever the log turns out to have lost something.
 *
 * <p>Confined to one thread.
 */
final class Emission implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Emission.class);

  private final EventSource source;
  private final String fingerprint;
  private final EventLog log;
  private final EmitterSettings settings;
  private final EmitterMetrics metrics;
  private final EmitterTime time;
  private final LongConsumer progress;
  private final Backoff backoff;
  private final Pace pace;
  private final List<PartitionOutbox> outboxes = new ArrayList<>();
  private @Nullable EventCursor cursor;
  private @Nullable EntryCutter cutter;
  private boolean isAtEnd;
  private long entriesCut;
  private long duplicates;
  private long rewinds;

  Emission(
      EventSource source,
      String fingerprint,
      EventLog log,
      EmitterSettings settings,
      EmitterMetrics metrics,
      EmitterTime time,
      LongConsumer progress) {
    this.source = source;
    this.fingerprint = fingerprint;
    this.log = log;
    this.settings = settings;
    this.metrics = metrics;
    this.time = time;
    this.progress = progress;
    this.backoff = new Backoff(settings.retryFirst(), settings.retryMax(), time::chance);
    this.pace = new Pace(settings.eventsPerSecond(), time);
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      outboxes.add(
          new PartitionOutbox(
              log, source.geometry(), metrics, time, partition, settings.entriesPerAppend()));
    }
  }

  EmissionSummary run() throws InterruptedException {
    long startNanos = time.nanoTime();
    Outcome outcome = null;
    while (outcome == null) {
      try {
        open();
        outcome = emitAndStay();
        if (outcome == null) {
          time.pause(backoff.next());
        }
      } catch (FingerprintMismatchException e) {
        throw e;
      } catch (EventLogException e) {
        // What became of the last request is unknown; opening again tells.
        throwIfInterrupted();
        metrics.failed();
        Duration wait = backoff.next();
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("retry_in", wait)
            .log("the event log does not answer, the emitter waits");
        time.pause(wait);
      } catch (CancellationException e) {
        throwIfInterrupted();
        throw e;
      }
    }
    var duration = Duration.ofNanos(time.nanoTime() - startNanos);
    return new EmissionSummary(
        outcome, eventsPassed(), duplicates, entriesPassed(), rewinds, duration);
  }

  private void open() {
    log.putGeometry(source.geometry());
    boolean isMissing = false;
    for (PartitionOutbox outbox : outboxes) {
      isMissing |= outbox.open(fingerprint);
    }
    if (isMissing) {
      rewinds++;
      metrics.rewound();
      LOG.atWarn()
          .addKeyValue("rewinds", rewinds)
          .log("the event log has lost entries, the source is read again from its start");
    }
    if (isMissing || cutter == null) {
      readFromStart();
    }
  }

  private void readFromStart() {
    close();
    outboxes.forEach(PartitionOutbox::rewind);
    isAtEnd = false;
    entriesCut = 0;
    duplicates = 0;
    EventCursor opened = source.open();
    cursor = opened;
    cutter = new EntryCutter(opened, settings.entryEventsMax(), settings.entryPulsesMax());
  }

  /** Returns how the emission ended, or null if the partitions have to be opened again. */
  private @Nullable Outcome emitAndStay() throws InterruptedException {
    while (!isAtEnd || !allEmpty()) {
      throwIfInterrupted();
      Duration wait = fill();
      switch (flush()) {
        case GO_ON -> {
          if (!wait.isZero()) {
            time.pause(wait);
          }
        }
        case REOPEN -> {
          return null;
        }
        case SUPERSEDED -> {
          return Outcome.SUPERSEDED;
        }
      }
    }
    return stay();
  }

  /**
   * Reads ahead until a partition has enough for one append, the pace says wait, or the source
   * ends; returns how long to wait before reading on.
   */
  private Duration fill() {
    EntryCutter reading = cutter;
    while (reading != null && !isAtEnd && outboxes.stream().noneMatch(PartitionOutbox::isFull)) {
      Duration wait = pace.untilNext();
      if (!wait.isNegative() && !wait.isZero()) {
        return wait;
      }
      CutEntry entry = reading.next();
      if (entry == null) {
        isAtEnd = true;
      } else {
        int partition = (int) (entriesCut % outboxes.size());
        entriesCut++;
        duplicates += entry.duplicates().size();
        if (outboxes.get(partition).offer(entry)) {
          pace.passed(entry.eventCount());
        }
      }
    }
    return Duration.ZERO;
  }

  /** Offers every partition what waits for it, once. */
  private Verdict flush() throws InterruptedException {
    boolean isBusy = false;
    boolean hasProgress = false;
    for (PartitionOutbox outbox : outboxes) {
      if (outbox.isEmpty()) {
        continue;
      }
      var status = outbox.append(settings.backlogMax());
      if (status == AppendResult.Status.BUSY) {
        isBusy = true;
        metrics.busy();
        continue;
      }
      var verdict = verdict(status);
      if (verdict != Verdict.GO_ON) {
        return verdict;
      }
      hasProgress = true;
    }
    progress.accept(eventsPassed());
    if (hasProgress) {
      backoff.reset();
    } else if (isBusy) {
      time.pause(backoff.next());
    }
    return Verdict.GO_ON;
  }

  private @Nullable Outcome stay() throws InterruptedException {
    while (true) {
      for (PartitionOutbox outbox : outboxes) {
        // Each time again: it is how the loss of what was appended shows.
        var verdict = verdict(outbox.finish());
        if (verdict != Verdict.GO_ON) {
          return verdict == Verdict.SUPERSEDED ? Outcome.SUPERSEDED : null;
        }
      }
      progress.accept(eventsPassed());
      backoff.reset();
      if (!settings.staysUntilComplete()) {
        return Outcome.APPENDED;
      }
      var outcome = outcomeByAccounts();
      if (outcome != null) {
        return outcome;
      }
      time.pause(settings.pollInterval());
    }
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

  private static Verdict verdict(AppendResult.Status status) {
    return switch (status) {
      case OK, DUPLICATE, BUSY -> Verdict.GO_ON;
      case GAP, ROLLED_BACK -> Verdict.REOPEN;
      case SUPERSEDED -> Verdict.SUPERSEDED;
    };
  }

  private boolean allEmpty() {
    return outboxes.stream().allMatch(PartitionOutbox::isEmpty);
  }

  private long eventsPassed() {
    return outboxes.stream().mapToLong(PartitionOutbox::eventsPassed).sum();
  }

  private long entriesPassed() {
    return outboxes.stream().mapToLong(PartitionOutbox::entriesPassed).sum();
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("emitter: interrupted");
    }
  }

  /** Ends the reading of the source. */
  @Override
  public void close() {
    EventCursor open = cursor;
    cursor = null;
    cutter = null;
    if (open != null) {
      open.close();
    }
  }

  private enum Verdict {
    GO_ON,
    REOPEN,
    SUPERSEDED
  }
}
