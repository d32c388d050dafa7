// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;
import icecube.stream.Claim;
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
 * Reads one partition, while it belongs to this consumer's share, as far as the window has room,
 * until the window is closed. Out of the share it has no connection.
 *
 * <p>After every opening it first reads what it already holds: the answer to an earlier read may
 * have been lost on the way, and then nobody else knows of those entries.
 *
 * <p>Runs on a thread of its own, where it waits in the log for new entries; or somebody takes its
 * steps. Confined to one thread at a time, but for {@link #isReading} and {@link #isFailing}.
 */
final class PartitionReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);

  /** When a step that found no room is tried again by those whom the window cannot wake. */
  private static final Duration ROOM_INTERVAL = Duration.ofMillis(20);

  private final EventLog log;
  private final int partition;
  private final String consumer;
  private final PartitionShare share;
  private final EntryFlows flows;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final Duration readWait;
  private final int windowEntries;
  private final Backoff backoff;
  private @Nullable EntryReader reader;
  private boolean isFull;
  private boolean isElsewhere;
  private boolean hasReadHeld;
  private EntryId heldAfter = EntryId.START;
  private volatile boolean isReading;
  private volatile boolean isFailing;

  PartitionReader(
      int partition, String consumer, EventLog log, PartitionShare share, EntryFlows flows) {
    this.log = log;
    this.share = share;
    this.partition = partition;
    this.consumer = consumer;
    this.flows = flows;
    this.window = flows.window();
    this.time = flows.time();
    var settings = flows.settings();
    this.readWait = settings.readWait();
    this.windowEntries = settings.windowEntries();
    this.backoff = flows.newBackoff();
  }

  /** Reads until the window is closed or the thread is interrupted. */
  @Override
  public void run() {
    try {
      for (var wait = step(readWait); wait.isPresent(); wait = step(readWait)) {
        if (isElsewhere) {
          share.await(partition);
        } else if (isFull) {
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

  /** Whether the log did not answer when it was last asked. */
  boolean isFailing() {
    return isFailing;
  }

  /**
   * Reads once, if the partition is ours and there is room.
   *
   * @param wait how long the log may wait for a new entry; the step waits for nothing else
   * @return how long to wait before the next step; empty once the window is closed
   */
  Optional<Duration> step(Duration wait) throws InterruptedException {
    if (window.isClosed()) {
      end();
      return Optional.empty();
    }
    List<Integer> partitions = share.partitions();
    isElsewhere = !partitions.contains(partition);
    if (isElsewhere) {
      end();
      return Optional.of(readWait);
    }
    // A fair part, so that one partition does not fill the window alone.
    int count = window.beginRead(Math.max(1, windowEntries / partitions.size()));
    isFull = count == 0;
    if (isFull) {
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
    isFailing = true;
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
    isFailing = false;
    EntryReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }

  private void accept(List<DeliveredEntry> entries) {
    isReading = true;
    isFailing = false;
    backoff.reset();
    for (DeliveredEntry entry : entries) {
      flows.accept(partition, entry, Claim.Kind.ORDINARY);
    }
  }
}
