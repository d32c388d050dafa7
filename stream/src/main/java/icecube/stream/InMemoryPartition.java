// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.BUSY;
import static icecube.stream.AppendResult.Status.DUPLICATE;
import static icecube.stream.AppendResult.Status.GAP;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static icecube.stream.AppendResult.Status.SUPERSEDED;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.stream.PartitionState.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition in memory: the scripts of {@link Script}, one method each, in Java. Thread-safe by
 * one lock; nothing else is called while it is held.
 */
final class InMemoryPartition {
  private final int partition;
  private final LongSupplier clockNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition appended = lock.newCondition();

  @GuardedBy("lock")
  private PartitionState state = new PartitionState();

  @GuardedBy("lock")
  private long epochMax;

  InMemoryPartition(int partition, LongSupplier clockNanos) {
    this.partition = partition;
    this.clockNanos = clockNanos;
  }

  PartitionState state() {
    lock.lock();
    try {
      return state.copy();
    } finally {
      lock.unlock();
    }
  }

  void restore(PartitionState image) {
    lock.lock();
    try {
      state = image.copy();
      appended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Epochs come from a counter that a roll-back does not touch, as Redis takes them from a clock.
   */
  ProducerMark open(String fingerprint) {
    lock.lock();
    try {
      if (state.fingerprint != null && !state.fingerprint.equals(fingerprint)) {
        throw Arguments.otherSource(partition, fingerprint, state.fingerprint);
      }
      state.fingerprint = fingerprint;
      state.epoch = ++epochMax;
      return new ProducerMark(state.epoch, state.lastSequence);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private AppendResult.@Nullable Status refusal(long epoch) {
    if (state.epoch == epoch) {
      return null;
    }
    return state.epoch < epoch ? ROLLED_BACK : SUPERSEDED;
  }

  AppendResult append(long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    lock.lock();
    try {
      long last = state.lastSequence;
      long finalSequence = firstSequence + entries.size() - 1;
      var refusal = refusal(epoch);
      if (refusal != null) {
        return new AppendResult(refusal, last);
      }
      if (firstSequence > last + 1) {
        return new AppendResult(GAP, last);
      }
      if (finalSequence <= last) {
        return new AppendResult(DUPLICATE, last);
      }
      if (state.events.size() + finalSequence - last > backlogMax) {
        return new AppendResult(BUSY, last);
      }
      for (long sequence = last + 1; sequence <= finalSequence; sequence++) {
        var entry = entries.get((int) (sequence - firstSequence));
        state.events.put(sequence, entry);
        state.emitted = state.emitted.plus(entry.eventCount(), entry.digest());
      }
      state.lastSequence = finalSequence;
      state.entryCount = OptionalLong.empty();
      appended.signalAll();
      return new AppendResult(OK, finalSequence);
    } finally {
      lock.unlock();
    }
  }

  AppendResult finish(long epoch, long entryCount) {
    lock.lock();
    try {
      var refusal = refusal(epoch);
      if (refusal != null) {
        return new AppendResult(refusal, state.lastSequence);
      }
      if (state.lastSequence < entryCount) {
        return new AppendResult(GAP, state.lastSequence);
      }
      if (state.lastSequence > entryCount) {
        throw Arguments.beyond(partition, entryCount, state.lastSequence);
      }
      state.entryCount = OptionalLong.of(entryCount);
      return new AppendResult(OK, state.lastSequence);
    } finally {
      lock.unlock();
    }
  }

  List<DeliveredEntry> readHeld(String consumer, long afterSequence, int countMax) {
    Arguments.checkCountMax(countMax);
    lock.lock();
    try {
      var held = new ArrayList<DeliveredEntry>();
      for (var each : state.pending.tailMap(afterSequence, false).entrySet()) {
        if (held.size() < countMax && each.getValue().holder().equals(consumer)) {
          held.add(state.hand(each.getKey(), consumer, clockNanos.getAsLong()));
        }
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  List<DeliveredEntry> readNew(String consumer, int countMax, Duration wait) {
    Arguments.checkCountMax(countMax);
    lock.lock();
    try {
      long nanos = wait.toNanos();
      while (state.lastDelivered >= state.lastSequence && nanos > 0) {
        nanos = appended.awaitNanos(nanos);
      }
      var fresh = new ArrayList<DeliveredEntry>();
      while (fresh.size() < countMax && state.lastDelivered < state.lastSequence) {
        fresh.add(state.hand(++state.lastDelivered, consumer, clockNanos.getAsLong()));
      }
      return fresh;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EventLogException("interrupted while waiting for entries", e);
    } finally {
      lock.unlock();
    }
  }

  CompletionOutcome complete(Completion completion) {
    long sequence = completion.sequence();
    lock.lock();
    try {
      var pending = state.pending.get(sequence);
      if (pending == null) {
        return CompletionOutcome.STALE;
      }
      if (completion.ownerOnly() && !pending.holder().equals(completion.consumer())) {
        return CompletionOutcome.FENCED;
      }
      state.publish(completion);
      return CompletionOutcome.PUBLISHED;
    } finally {
      lock.unlock();
    }
  }

  Set<Long> renew(String consumer, Collection<Long> sequences) {
    lock.lock();
    try {
      var held = new HashSet<Long>();
      long now = clockNanos.getAsLong();
      for (long sequence : sequences) {
        var pending = state.pending.get(sequence);
        if (pending != null && pending.holder().equals(consumer)) {
          state.pending.put(sequence, new Pending(consumer, pending.deliveries(), now));
          held.add(sequence);
        }
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  Set<Long> release(String consumer, Collection<Long> sequences) {
    lock.lock();
    try {
      var released = new HashSet<Long>();
      for (long sequence : sequences) {
        if (state.release(sequence, consumer, clockNanos.getAsLong())) {
          released.add(sequence);
        }
      }
      return released;
    } finally {
      lock.unlock();
    }
  }

  Claim claim(String consumer, ClaimSettings settings, boolean lone) {
    lock.lock();
    try {
      var ordinary = new ArrayList<Long>();
      var suspects = new ArrayList<Long>();
      long now = clockNanos.getAsLong();
      state.sortIdle(settings, now, ordinary, suspects);
      if (lone && !suspects.isEmpty()) {
        long sequence = suspects.get(0);
        int deliveries = state.solo.merge(sequence, 1, Integer::sum);
        var kind = deliveries > settings.loneDeliveriesMax() ? Claim.Kind.DEAD : Claim.Kind.LONE;
        return new Claim(kind, suspects.size(), List.of(state.hand(sequence, consumer, now)));
      }
      var entries = new ArrayList<DeliveredEntry>();
      for (long sequence : ordinary) {
        entries.add(state.hand(sequence, consumer, now));
      }
      return new Claim(Claim.Kind.ORDINARY, suspects.size(), entries);
    } finally {
      lock.unlock();
    }
  }

  PartitionAccount account() {
    lock.lock();
    try {
      return state.account();
    } finally {
      lock.unlock();
    }
  }

  List<PublishedEntry> predictions(String afterId, int countMax) {
    lock.lock();
    try {
      return PartitionState.after(state.predictions, afterId, countMax);
    } finally {
      lock.unlock();
    }
  }

  List<PublishedEntry> deadLetters(String afterId, int countMax) {
    lock.lock();
    try {
      return PartitionState.after(state.deadLetters, afterId, countMax);
    } finally {
      lock.unlock();
    }
  }
}
