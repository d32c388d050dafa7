// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Activity;
import icecube.chassis.TimeAndChance;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases on this consumer's entries, and takes over those of consumers that are gone:
 * those of its own share of partitions each time, those of all now and then, so that nothing waits
 * for a share that nobody has.
 *
 * <p>Suspects are left to {@link Suspects}. A consumer that no model server has answered for a
 * lease hands back, uncounted, what only waits for one: so that no entry is suspected because
 * somebody killed its consumers while nobody worked on it.
 */
final class LeaseKeeper implements Activity {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  /** Every which look at the entries of the gone is one at all partitions. */
  static final int ALL_PARTITIONS_EVERY = 3;

  private final EventLog log;
  private final String consumer;
  private final EntryFlows flows;
  private final PartitionShare share;
  private final Suspects suspects;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final ClaimSettings claim;
  private final long renewNanos;
  private long renewedNanos;
  private long servedNanos;
  private final List<Integer> allPartitions;
  private int looks;
  private @Nullable EventLogException failure;
  private volatile boolean isDraining;

  LeaseKeeper(String consumer, EventLog log, PartitionShare share, EntryFlows flows) {
    this.log = log;
    this.consumer = consumer;
    this.flows = flows;
    this.share = share;
    this.suspects = new Suspects(consumer, log, flows);
    this.window = flows.window();
    this.time = flows.time();
    this.claim = flows.settings().claim();
    this.renewNanos = claim.lease().toNanos() / 3;
    this.renewedNanos = time.nanoTime();
    this.servedNanos = renewedNanos;
    this.allPartitions = IntStream.range(0, log.partitionCount()).boxed().toList();
  }

  /** From now on it renews, and takes nothing more. */
  void drain() {
    isDraining = true;
  }

  @Override
  public Optional<Duration> step() {
    tick();
    long leftNanos = Math.max(1, renewedNanos + renewNanos - time.nanoTime());
    return Optional.of(
        Duration.ofNanos(
            suspects.isWaiting() ? Math.min(leftNanos, Suspects.LOOK_NANOS) : leftNanos));
  }

  private void tick() {
    failure = null;
    try {
      if (time.nanoTime() - renewedNanos >= renewNanos) {
        renewedNanos = time.nanoTime();
        renew();
        handBackUnserved();
        if (!suspects.isWaiting() && !isDraining) {
          claimFromTheGone();
        }
      }
      attempt(() -> suspects.look(isDraining));
    } catch (EventLogException e) {
      return; // by our own stop; the log is not to blame
    } catch (RuntimeException e) {
      // Without this thread every entry in flight would go to others while it is worked on.
      LOG.atError().setCause(e).log("leases could not be looked after, they are renewed later");
    }
    if (failure != null) {
      LOG.atWarn().setCause(failure).log("the event log does not answer, leases are renewed later");
    }
  }

  /**
   * What one partition's server does not answer must keep nobody from those of the others: of a
   * Cluster, one may be away.
   *
   * @throws EventLogException only if it is this thread that is stopped
   */
  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (EventLogException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      failure = failure == null ? e : failure;
    }
  }

  private void renew() {
    for (int partition : allPartitions) {
      attempt(() -> renew(partition));
    }
    attempt(this::showBacklog);
  }

  private void renew(int partition) {
    Set<EntryId> ours = flows.ids(partition);
    if (!ours.isEmpty()) {
      flows.abandonUnheld(partition, ours, log.renew(partition, consumer, ours));
    }
  }

  private void showBacklog() {
    long backlog = 0;
    for (int partition : share.partitions()) {
      backlog += log.account(partition).backlog();
    }
    flows.metrics().backlog(backlog);
  }

  private void handBackUnserved() {
    if (flows.links().isConnected()) {
      servedNanos = time.nanoTime();
      return;
    }
    if (time.nanoTime() - servedNanos < claim.lease().toNanos()) {
      return;
    }
    for (int partition : allPartitions) {
      Set<EntryId> unserved = flows.unserved(partition);
      if (!unserved.isEmpty()) {
        attempt(() -> flows.abandon(partition, log.release(partition, consumer, unserved)));
      }
    }
  }

  private void claimFromTheGone() {
    for (int partition : partitionsToLookAt()) {
      int room = Math.min(window.room(), claim.countMax());
      if (room == 0) {
        return;
      }
      attempt(() -> claimFromTheGone(partition, room));
    }
  }

  private void claimFromTheGone(int partition, int room) {
    var limited =
        new ClaimSettings(claim.lease(), room, claim.suspectAt(), claim.loneDeliveriesMax());
    Claim taken = log.claim(partition, consumer, limited, false);
    flows.acceptClaimed(partition, taken);
    if (taken.suspectCount() > 0) {
      suspects.seen(partition, taken.suspectCount());
    }
  }

  private Collection<Integer> partitionsToLookAt() {
    return looks++ % ALL_PARTITIONS_EVERY == 0 ? allPartitions : share.partitions();
  }
}
