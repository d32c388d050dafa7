// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLog.EntryReader;
import icecube.stream.EventLogException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition as far as the window has room, until the window is closed.
 *
 * <p>After every opening it first reads what it already holds: the answer to an earlier read may
 * have been lost on the way, and then nobody else knows of those entries.
 *
 * <p>Runs on a thread of its own, where it waits in the log for new entries; or somebody takes its
 * steps. Confined to one thread at a time, but for {@link #isReading}.
 */
final class PartitionReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);

  /** When a step that found no room is tried again by those whom the window cannot wake. */
  private static final Duration ROOM_INTERVAL = Duration.ofMillis(20);

  private final EventLog log;
  private final int partition;
  private final String consumer;
  private final EntryFlows flows;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final Duration readWait;
  private final int countMax;
  private final Backoff backoff;
  private @Nullable EntryReader reader;
  private boolean isFull;
  private boolean hasReadHeld;
  private EntryId heldAfter = EntryId.START;
  private volatile boolean isReading;

  PartitionReader(int partition, String consumer, EventLog log, EntryFlows flows) {
    this.log = log;
    this.partition = partition;
    this.consumer = consumer;
    this.flows = flows;
    this.window = flows.window();
    this.time = flows.time();
    var settings = flows.settings();
    this.readWait = settings.readWait();
    // A fair share, so that one partition does not fill the window alone.
    this.countMax = Math.max(1, settings.windowEntries() / log.partitionCount());
    this.backoff = flows.newBackoff();
  }

  /** Reads until the window is closed or the thread is interrupted. */
  @Override
  public void run() {
    try {
      for (var wait = step(readWait); wait.isPresent(); wait = step(readWait)) {
        if (isFull) {
          window.awaitRoom();
        } else if (!wait.get().isZero()) {
          time.pause(wait.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  int partition() {
    return partition;
  }

  /** Whether the log answers. */
  boolean isReading() {
    return isReading;
  }

  /**
   * Reads once, if there is room.
   *
   * @param wait how long the log may wait for a new entry; the step waits for nothing else
   * @return how long to wait before the next step; empty once the window is closed
   */
  Optional<Duration> step(Duration wait) throws InterruptedException {
    int count = window.beginRead(countMax);
    isFull = count == 0;
    if (isFull) {
      if (window.isClosed()) {
        end();
        return Optional.empty();
      }
      return Optional.of(ROOM_INTERVAL);
    }
    try {
      return Optional.of(read(count, wait));
    } catch (RuntimeException e) {
      // Also a bug of ours: without this reader nobody here reads the partition any more.
      return Optional.of(failed(e));
    } finally {
      window.endRead();
    }
  }

  private Duration read(int count, Duration wait) {
    EntryReader open = reader;
    if (open == null) {
      open = log.openReader(partition, consumer);
      reader = open;
      hasReadHeld = false;
      heldAfter = EntryId.START;
    }
    if (hasReadHeld) {
      List<DeliveredEntry> entries = open.readNew(count, wait);
      accept(entries);
      return entries.isEmpty() ? readWait.minus(wait) : Duration.ZERO;
    }
    List<DeliveredEntry> entries = open.readHeld(heldAfter, count);
    accept(entries);
    if (entries.isEmpty()) {
      hasReadHeld = true;
    } else {
      heldAfter = entries.get(entries.size() - 1).id();
    }
    return Duration.ZERO;
  }

  private Duration failed(RuntimeException e) throws InterruptedException {
    end();
    if (Thread.interrupted()) {
      // By our own stop; the log is not to blame.
      throw new InterruptedException("reader: interrupted");
    }
    Duration wait = backoff.next();
    var level = e instanceof EventLogException ? LOG.atWarn() : LOG.atError();
    level
        .setCause(e)
        .addKeyValue("partition", partition)
        .addKeyValue("retry_in", wait)
        .log("reading from the event log failed, the partition is opened again");
    return wait;
  }

  private void end() {
    isReading = false;
    EntryReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }

  private void accept(List<DeliveredEntry> entries) {
    isReading = true;
    backoff.reset();
    for (DeliveredEntry entry : entries) {
      flows.accept(partition, entry);
    }
  }
}
