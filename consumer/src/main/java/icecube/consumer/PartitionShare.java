// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.Activity;
import icecube.chassis.TimeAndChance;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions this consumer reads: its share by its rank among the consumers that the log knows,
 * looked at again every third of the lease.
 *
 * <p>Of P partitions and m consumers the one of rank r reads those with {@code p % m == r}; if
 * there are more consumers than partitions, {@code r % P} alone. While the log does not answer, the
 * last view stands. Two that read one partition for a moment do no harm, the group keeps every
 * entry single; a partition whose reader has died is another's once the reader's lease is over and
 * the others have looked again.
 *
 * <p>A consumer that no model server has answered for a lease reads nothing, so it leaves its share
 * to those that have one, and is back as soon as it has one itself.
 *
 * <p>Steps are taken by one thread at a time; everything else is thread-safe.
 */
final class PartitionShare implements Activity {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionShare.class);

  /** How often one that has left its share looks whether a model server is there, in memory. */
  private static final Duration AWAY_INTERVAL = Duration.ofMillis(20);

  private final EventLog log;
  private final String consumer;
  private final Duration lease;
  private final Duration interval;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final Object lock = new Object();
  private long servedNanos;
  private boolean isAway;

  @GuardedBy("lock")
  private List<Integer> partitions = List.of();

  @GuardedBy("lock")
  private boolean isClosed;

  PartitionShare(
      EventLog log, String consumer, Duration lease, EntryWindow window, TimeAndChance time) {
    this.log = log;
    this.consumer = consumer;
    this.lease = lease;
    this.interval = Duration.ofNanos(Math.max(1, lease.toNanos() / 3));
    this.window = window;
    this.time = time;
    this.servedNanos = time.nanoTime();
  }

  /** The share of one consumer. */
  static List<Integer> of(int rank, int consumerCount, int partitionCount) {
    List<Integer> share = new ArrayList<>();
    if (consumerCount > partitionCount) {
      share.add(rank % partitionCount);
    } else {
      for (int partition = rank; partition < partitionCount; partition += consumerCount) {
        share.add(partition);
      }
    }
    return share;
  }

  /** Looks who is there; once closed it says good-bye instead, and was the last. */
  @Override
  public Optional<Duration> step() {
    boolean isLeaving = isClosed();
    try {
      if (isLeaving) {
        log.depart(consumer);
      } else if (isUnserved()) {
        leaveToOthers();
      } else {
        isAway = false;
        meet();
      }
    } catch (EventLogException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.atWarn()
            .setCause(e)
            .log("the event log does not answer, the consumer keeps its share of partitions");
      }
    } catch (RuntimeException e) {
      // Without these steps the share would never change again.
      LOG.atError().setCause(e).log("the share of partitions could not be found, it is kept");
    }
    return isLeaving ? Optional.empty() : Optional.of(isAway ? AWAY_INTERVAL : interval);
  }

  private boolean isUnserved() {
    if (window.isServed()) {
      servedNanos = time.nanoTime();
    }
    return time.nanoTime() - servedNanos >= lease.toNanos();
  }

  private void leaveToOthers() {
    if (isAway) {
      return;
    }
    log.depart(consumer);
    synchronized (lock) {
      partitions = List.of();
    }
    isAway = true;
    LOG.atWarn()
        .addKeyValue("consumer", consumer)
        .log("no model server for a lease, the share of partitions is left to others");
  }

  private void meet() {
    List<String> members = log.meet(consumer, lease);
    int rank = members.indexOf(consumer);
    if (rank < 0) {
      return;
    }
    List<Integer> share = of(rank, members.size(), log.partitionCount());
    synchronized (lock) {
      if (share.equals(partitions)) {
        return;
      }
      partitions = List.copyOf(share);
      lock.notifyAll();
    }
    LOG.atInfo()
        .addKeyValue("consumer", consumer)
        .addKeyValue("consumers", members.size())
        .addKeyValue("partitions", share)
        .log("the share of partitions has changed");
  }

  /** The share as last seen; empty before the log has answered once, and while it is left. */
  List<Integer> partitions() {
    synchronized (lock) {
      return partitions;
    }
  }

  /** Waits until a partition belongs to the share, or the share is closed. */
  void await(int partition) throws InterruptedException {
    synchronized (lock) {
      while (!isClosed && !partitions.contains(partition)) {
        lock.wait();
      }
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return isClosed;
    }
  }

  /** Nothing more is read; the next step says good-bye. */
  void close() {
    synchronized (lock) {
      isClosed = true;
      lock.notifyAll();
    }
  }
}
