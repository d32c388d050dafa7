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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
  private PartitionState state = new PartitionState(new AtomicLong());

  @GuardedBy("lock")
  private long epochMax;

  InMemoryPartition(int partition, LongSupplier clockNanos) {
    this.partition = partition;
    this.clockNanos = clockNanos;
  }

  PartitionState state() {
    return look(PartitionState::copy);
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
      return new ProducerMark(state.epoch, state.lastId.sequence());
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
      long last = state.lastId.sequence();
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
        state.append(
            sequence, entries.get((int) (sequence - firstSequence)), clockNanos.getAsLong());
      }
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
      long last = state.lastId.sequence();
      var refusal = refusal(epoch);
      if (refusal != null) {
        return new AppendResult(refusal, last);
      }
      if (last < entryCount) {
        return new AppendResult(GAP, last);
      }
      if (last > entryCount) {
        throw Arguments.beyond(partition, entryCount, last);
      }
      state.entryCount = OptionalLong.of(entryCount);
      return new AppendResult(OK, last);
    } finally {
      lock.unlock();
    }
  }

  List<DeliveredEntry> readHeld(String consumer, EntryId after, int countMax) {
    Arguments.checkCountMax(countMax);
    lock.lock();
    try {
      var held = new ArrayList<DeliveredEntry>();
      for (var each : state.pending.tailMap(after, false).entrySet()) {
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
      while (state.events.higherKey(state.lastDelivered) == null && nanos > 0) {
        nanos = appended.awaitNanos(nanos);
      }
      var fresh = new ArrayList<DeliveredEntry>();
      while (fresh.size() < countMax) {
        var next = state.handNext(consumer, clockNanos.getAsLong());
        if (next == null) {
          return fresh;
        }
        fresh.add(next);
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
    lock.lock();
    try {
      var pending = state.pending.get(completion.id());
      if (pending == null) {
        return CompletionOutcome.STALE;
      }
      if (completion.ownerOnly() && !pending.holder().equals(completion.consumer())) {
        return CompletionOutcome.FENCED;
      }
      if (completion.id().part() > 0 && !state.isAbout(completion)) {
        return CompletionOutcome.STALE;
      }
      state.publish(completion, clockNanos.getAsLong());
      appended.signalAll();
      return CompletionOutcome.PUBLISHED;
    } finally {
      lock.unlock();
    }
  }

  Set<EntryId> renew(String consumer, Collection<EntryId> ids) {
    lock.lock();
    try {
      var held = new HashSet<EntryId>();
      long now = clockNanos.getAsLong();
      for (var id : ids) {
        var pending = state.pending.get(id);
        if (pending != null && pending.holder().equals(consumer)) {
          state.pending.put(id, new Pending(consumer, pending.deliveries(), now));
          held.add(id);
        }
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  Set<EntryId> release(String consumer, Collection<EntryId> ids) {
    lock.lock();
    try {
      var released = new HashSet<EntryId>();
      for (var id : ids) {
        if (state.release(id, consumer, clockNanos.getAsLong())) {
          released.add(id);
        }
      }
      return released;
    } finally {
      lock.unlock();
    }
  }

  Set<EntryId> leave(String consumer) {
    lock.lock();
    try {
      var held = new HashSet<EntryId>();
      state.pending.forEach(
          (id, pending) -> {
            if (pending.holder().equals(consumer)) {
              held.add(id);
            }
          });
      return release(consumer, held);
    } finally {
      lock.unlock();
    }
  }

  Claim claim(String consumer, ClaimSettings settings, boolean lone) {
    lock.lock();
    try {
      var ordinary = new ArrayList<EntryId>();
      var suspects = new ArrayList<EntryId>();
      long now = clockNanos.getAsLong();
      state.sortIdle(settings, now, ordinary, suspects);
      if (lone && !suspects.isEmpty()) {
        var suspect = suspects.get(0);
        int deliveries = state.solo.merge(suspect, 1, Integer::sum);
        var kind = deliveries > settings.loneDeliveriesMax() ? Claim.Kind.DEAD : Claim.Kind.LONE;
        return new Claim(kind, suspects.size(), List.of(state.hand(suspect, consumer, now)));
      }
      var entries = new ArrayList<DeliveredEntry>();
      for (var id : ordinary) {
        entries.add(state.hand(id, consumer, now));
      }
      return new Claim(Claim.Kind.ORDINARY, suspects.size(), entries);
    } finally {
      lock.unlock();
    }
  }

  PartitionAccount account() {
    return look(PartitionState::account);
  }

  List<PublishedEntry> predictions(String afterId, int countMax) {
    return look(state -> state.predictions.after(afterId, countMax));
  }

  List<PublishedEntry> deadLetters(String afterId, int countMax) {
    return look(state -> state.deadLetters.after(afterId, countMax));
  }

  boolean redrive(String letterId, List<EventEntry> entries, OutcomePart kept) {
    lock.lock();
    try {
      boolean isDone = state.redrive(letterId, entries, kept, clockNanos.getAsLong());
      appended.signalAll();
      return isDone;
    } finally {
      lock.unlock();
    }
  }

  int trim(int countMax) {
    return look(state -> state.trim(countMax));
  }

  PartitionGlance glance() {
    return look(state -> new PartitionView(state, clockNanos.getAsLong()).glance());
  }

  PartitionInspection inspect() {
    return look(state -> new PartitionView(state, clockNanos.getAsLong()).inspection());
  }

  /** Does something with the state that nobody waits for. */
  <T> T look(Function<PartitionState, T> with) {
    lock.lock();
    try {
      return with.apply(state);
    } finally {
      lock.unlock();
    }
  }
}
