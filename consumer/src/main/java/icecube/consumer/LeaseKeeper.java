// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Activity;
import icecube.chassis.TimeAndChance;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLog.EntryReader;
import icecube.stream.EventLogException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases on this consumer's entries and takes over those of consumers that are gone.
 *
 * <p>An entry that was delivered too often is suspected to kill its consumers. It is only taken
 * with nothing else in flight, so that its neighbours never pay for it: reading is suspended,
 * everything drains, the suspects are taken one by one, and reading goes on.
 */
final class LeaseKeeper implements Activity {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  /** How often it looks whether everything has drained, while suspects wait. */
  private static final Duration SUSPENDED_INTERVAL = Duration.ofMillis(20);

  private static final int NO_PARTITION = -1;

  private final EventLog log;
  private final String consumer;
  private final EntryFlows flows;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final ClaimSettings claim;
  private final long renewNanos;
  private long renewedNanos;
  private boolean isSuspended;
  private int unanswered = NO_PARTITION;
  private volatile boolean isDraining;

  LeaseKeeper(String consumer, EventLog log, EntryFlows flows) {
    this.log = log;
    this.consumer = consumer;
    this.flows = flows;
    this.window = flows.window();
    this.time = flows.time();
    this.claim = flows.settings().claim();
    this.renewNanos = claim.lease().toNanos() / 3;
    this.renewedNanos = time.nanoTime();
  }

  /** From now on it renews, and takes nothing more. */
  void drain() {
    isDraining = true;
  }

  @Override
  public Optional<Duration> step() {
    tick();
    return Optional.of(untilNext());
  }

  private Duration untilNext() {
    long leftNanos = Math.max(1, renewedNanos + renewNanos - time.nanoTime());
    return Duration.ofNanos(
        isSuspended ? Math.min(leftNanos, SUSPENDED_INTERVAL.toNanos()) : leftNanos);
  }

  private void tick() {
    try {
      if (time.nanoTime() - renewedNanos >= renewNanos) {
        renewedNanos = time.nanoTime();
        renew();
        if (!isSuspended && !isDraining) {
          claimFromTheGone();
        }
      }
      if (isSuspended && (isDraining || window.isIdle())) {
        takeSuspects();
      }
    } catch (EventLogException e) {
      if (Thread.currentThread().isInterrupted()) {
        return; // by our own stop; the log is not to blame
      }
      LOG.atWarn().setCause(e).log("the event log does not answer, leases are renewed later");
    } catch (RuntimeException e) {
      // Without this thread every entry in flight would go to others while it is worked on.
      LOG.atError().setCause(e).log("leases could not be looked after, they are renewed later");
    }
  }

  private void renew() {
    long backlog = 0;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      Set<EntryId> ours = flows.ids(partition);
      if (!ours.isEmpty()) {
        flows.abandonUnheld(partition, ours, log.renew(partition, consumer, ours));
      }
      backlog += log.account(partition).backlog();
    }
    flows.metrics().backlog(backlog);
  }

  private void claimFromTheGone() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      int room = Math.min(window.room(), claim.countMax());
      if (room == 0) {
        return;
      }
      var limited =
          new ClaimSettings(claim.lease(), room, claim.suspectAt(), claim.loneDeliveriesMax());
      Claim taken = log.claim(partition, consumer, limited, false);
      accept(partition, taken);
      if (taken.suspectCount() > 0) {
        LOG.atWarn()
            .addKeyValue("partition", partition)
            .addKeyValue("suspects", taken.suspectCount())
            .log("entries may kill their consumers, they are taken one by one");
        isSuspended = true;
        window.suspend();
      }
    }
  }

  /** Takes one suspect if there is one; else reading goes on. Nothing is in flight. */
  private void takeSuspects() {
    if (!isDraining) {
      handBackUnseen();
      for (int partition = 0; partition < log.partitionCount(); partition++) {
        unanswered = partition;
        Claim taken = log.claim(partition, consumer, claim, true);
        unanswered = NO_PARTITION;
        accept(partition, taken);
        if (!taken.entries().isEmpty()) {
          return;
        }
      }
    }
    isSuspended = false;
    window.resume();
  }

  /**
   * A suspect may have come with an answer that was lost. It must not count as one that this
   * consumer did not survive, so it is handed back before the next is taken.
   */
  private void handBackUnseen() {
    if (unanswered == NO_PARTITION) {
      return;
    }
    Set<EntryId> unseen = new HashSet<>();
    try (EntryReader reader = log.openReader(unanswered, consumer)) {
      // Nothing is in flight, so nothing of what is held has ever been seen here.
      reader.readHeld(EntryId.START, claim.countMax()).forEach(entry -> unseen.add(entry.id()));
    }
    if (!unseen.isEmpty()) {
      var unused = log.release(unanswered, consumer, unseen);
    }
    unanswered = NO_PARTITION;
  }

  private void accept(int partition, Claim taken) {
    for (DeliveredEntry entry : taken.entries()) {
      switch (taken.kind()) {
        case ORDINARY, LONE -> flows.accept(partition, entry);
        case DEAD -> flows.acceptDead(partition, entry);
      }
    }
  }
}
