// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The log as a consumer sees it that will be killed: from then on nothing it does reaches the log,
 * least of all what it would say in parting. Thread-safe.
 */
final class MortalEventLog extends ForwardingEventLog {
  private final AtomicInteger meetings = new AtomicInteger();
  private volatile boolean isDead;

  MortalEventLog(EventLog log) {
    super(log);
  }

  void kill() {
    isDead = true;
  }

  /** How often it has looked who else is there. */
  int meetings() {
    return meetings.get();
  }

  private void requireAlive() {
    if (isDead) {
      throw new EventLogException("test: killed");
    }
  }

  @Override
  public List<String> meet(String consumer, Duration lease) {
    requireAlive();
    meetings.incrementAndGet();
    return super.meet(consumer, lease);
  }

  @Override
  public void depart(String consumer) {
    requireAlive();
    super.depart(consumer);
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    requireAlive();
    return super.renew(partition, consumer, ids);
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    requireAlive();
    return super.release(partition, consumer, ids);
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    requireAlive();
    return super.leave(partition, consumer);
  }
}
