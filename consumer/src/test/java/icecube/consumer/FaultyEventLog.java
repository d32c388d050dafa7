// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A log behind a bad network: requests are dropped, or done and their answers dropped. Thread-safe;
 * the seed fixes the dice, the threads' order decides who throws them.
 */
final class FaultyEventLog extends ForwardingEventLog {
  private final Random random;
  private final double faultRate;

  FaultyEventLog(EventLog log, long seed, double faultRate) {
    super(log);
    this.random = new Random(seed);
    this.faultRate = faultRate;
  }

  private boolean hits() {
    synchronized (random) {
      return random.nextDouble() < faultRate;
    }
  }

  private void failSometimes(String when) {
    if (hits()) {
      throw new EventLogException("test: " + when);
    }
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    failSometimes("not sent");
    if (hits()) {
      return CompletableFuture.failedStage(new EventLogException("test: dropped"));
    }
    var outcome = super.complete(partition, completion);
    return hits()
        ? CompletableFuture.failedStage(new EventLogException("test: done, answer dropped"))
        : outcome;
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    failSometimes("renewal dropped");
    return super.renew(partition, consumer, ids);
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    failSometimes("release dropped");
    return super.release(partition, consumer, ids);
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    failSometimes("claim dropped");
    var claim = super.claim(partition, consumer, settings, lone);
    failSometimes("claim done, answer dropped");
    return claim;
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    failSometimes("not connected");
    var reader = super.openReader(partition, consumer);
    return new EntryReader() {
      @Override
      public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
        failSometimes("read dropped");
        return reader.readHeld(after, countMax);
      }

      @Override
      public List<DeliveredEntry> readNew(int countMax, Duration wait) {
        var entries = reader.readNew(countMax, wait);
        failSometimes("entries delivered, answer dropped");
        return entries;
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
