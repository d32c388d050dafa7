// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.TimeAndChance;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLog.EntryReader;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How entries that are suspected to kill their consumers are taken: with nothing else in flight, so
 * that their neighbours never pay for it. Reading is suspended, everything drains, the suspects are
 * taken one by one, and reading goes on.
 *
 * <p>Reading stops for so long as one request may take, and for one such time more if a suspect is
 * in flight then: that is handed back, uncounted, for in that time it would have killed. Then
 * reading goes on for as long, at least, as it had stopped. Confined to the steps of {@link
 * LeaseKeeper}.
 */
final class Suspects {
  private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);

  /** How often to look whether everything has drained, ns. */
  static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

  private static final int NO_PARTITION = -1;

  /** Entries looked at for one that came unseen; what is parked is among them. */
  private static final int UNSEEN_MAX = 2_048;

  private final EventLog log;
  private final String consumer;
  private final EntryFlows flows;
  private final EntryWindow window;
  private final TimeAndChance time;
  private final ClaimSettings claim;
  private final long stopMaxNanos;
  private final Set<Integer> partitions = new TreeSet<>();
  private boolean isSuspended;
  private int unanswered = NO_PARTITION;
  private long suspendedNanos;
  private long takenNanos;
  private long restUntilNanos;

  Suspects(String consumer, EventLog log, EntryFlows flows) {
    this.log = log;
    this.consumer = consumer;
    this.flows = flows;
    this.window = flows.window();
    this.time = flows.time();
    this.claim = flows.settings().claim();
    this.stopMaxNanos = flows.settings().requestTimeout().toNanos();
    this.restUntilNanos = time.nanoTime();
  }

  /** Whether reading is suspended for them. */
  boolean isWaiting() {
    return isSuspended;
  }

  /** Suspects wait in a partition; reading stops for them unless it just has. */
  void seen(int partition, int count) {
    long now = time.nanoTime();
    if (now - restUntilNanos < 0) {
      return;
    }
    partitions.add(partition);
    if (!isSuspended) {
      LOG.atWarn()
          .addKeyValue("partition", partition)
          .addKeyValue("suspects", count)
          .log("entries may kill their consumers, they are taken one by one");
      isSuspended = true;
      suspendedNanos = now;
      takenNanos = now;
      window.suspend();
    }
  }

  /** Takes the next suspect if everything has drained. */
  void look(boolean isDraining) {
    if (!isSuspended) {
      return;
    }
    if (isDraining) {
      handBackUnseen();
      goOn();
      return;
    }
    long now = time.nanoTime();
    boolean isStopOver = now - suspendedNanos >= stopMaxNanos;
    if (window.isIdle()) {
      handBackUnseen();
      if (isStopOver || !window.isServed() || !takeNext(now)) {
        rest(now);
      }
    } else if (isStopOver && now - takenNanos >= stopMaxNanos) {
      flows.metrics().suspectsDeferred();
      handBackLone();
      rest(now);
    }
  }

  private boolean takeNext(long now) {
    for (int partition : Set.copyOf(partitions)) {
      unanswered = partition;
      Claim taken = log.claim(partition, consumer, claim, true);
      unanswered = NO_PARTITION;
      if (flows.acceptClaimed(partition, taken)) {
        takenNanos = now;
        return true;
      }
      partitions.remove(partition);
    }
    return false;
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
      reader.readHeld(EntryId.START, UNSEEN_MAX).forEach(entry -> unseen.add(entry.id()));
    }
    // What else is held was never seen here: nobody reads while suspects are taken.
    unseen.removeAll(flows.ids(unanswered));
    if (!unseen.isEmpty()) {
      var unused = log.release(unanswered, consumer, unseen);
    }
    unanswered = NO_PARTITION;
  }

  /** What is still in flight is a suspect alone, or what never let one be taken. */
  private void handBackLone() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      Set<EntryId> lone = flows.lone(partition);
      if (!lone.isEmpty()) {
        flows.abandon(partition, log.release(partition, consumer, lone));
      }
    }
  }

  private void rest(long now) {
    // Suspects left over wait for their turn; if all were taken there is nothing to rest from.
    restUntilNanos = partitions.isEmpty() ? now : now + (now - suspendedNanos);
    goOn();
  }

  private void goOn() {
    partitions.clear();
    isSuspended = false;
    window.resume();
  }
}
