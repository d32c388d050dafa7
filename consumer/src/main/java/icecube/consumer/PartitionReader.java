// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLog.EntryReader;
import icecube.stream.EventLogException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition on a thread of its own, as far as the window has room, until the window is
 * closed or the thread is interrupted.
 *
 * <p>After every opening it first reads what it already holds: the answer to an earlier read may
 * have been lost on the way, and then nobody else knows of those entries.
 */
final class PartitionReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);

  private final EventLog log;
  private final int partition;
  private final String consumer;
  private final EntryFlows flows;
  private final EntryWindow window;
  private final ConsumerTime time;
  private final Duration readWait;
  private final int countMax;
  private final Backoff backoff;
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

  @Override
  public void run() {
    try {
      boolean isOpen = true;
      while (isOpen) {
        isOpen = readUntilFailure();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      isReading = false;
    }
  }

  /** Whether the log answers. */
  boolean isReading() {
    return isReading;
  }

  /** Returns false once the window is closed. */
  private boolean readUntilFailure() throws InterruptedException {
    try (EntryReader reader = log.openReader(partition, consumer)) {
      return readHeld(reader) && readNew(reader);
    } catch (RuntimeException e) {
      // Also a bug of ours: without this thread nobody here reads the partition any more.
      isReading = false;
      if (Thread.interrupted()) {
        // By our own stop; the log is not to blame.
        throw new InterruptedException("reader: interrupted");
      }
      Duration wait = backoff.next();
      var log = e instanceof EventLogException ? LOG.atWarn() : LOG.atError();
      log.setCause(e)
          .addKeyValue("partition", partition)
          .addKeyValue("retry_in", wait)
          .log("reading from the event log failed, the partition is opened again");
      time.pause(wait);
      return true;
    }
  }

  private boolean readHeld(EntryReader reader) throws InterruptedException {
    long after = 0;
    while (true) {
      int count = window.beginRead(countMax);
      if (count == 0) {
        return false;
      }
      List<DeliveredEntry> entries;
      try {
        entries = reader.readHeld(after, count);
        accept(entries);
      } finally {
        window.endRead();
      }
      if (entries.isEmpty()) {
        return true;
      }
      after = entries.get(entries.size() - 1).sequence();
    }
  }

  private boolean readNew(EntryReader reader) throws InterruptedException {
    while (true) {
      int count = window.beginRead(countMax);
      if (count == 0) {
        return false;
      }
      try {
        accept(reader.readNew(count, readWait));
      } finally {
        window.endRead();
      }
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
