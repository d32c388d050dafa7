// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How far a queued request has come: its items by row count, a cursor before those that still wait,
 * and how many workers hold some of them.
 *
 * <p>Only the worker that took it from the queue moves the cursor, and the queue's lock lies
 * between two such workers. {@link #fail} and {@link #startsFirst} may come from any.
 */
final class RequestRun {
  private final QueuedRequest request;
  private final long expectedNanos;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean hasRun = new AtomicBoolean();
  private long startNanos;
  private @Nullable InferenceTask task;
  private long[] order = {};
  private int cursor;
  private boolean isSkipped;

  /** Workers that hold items of it; guarded by the queue's lock. */
  int holders;

  /** Whether nobody is to be told its end; written under the queue's lock, final at its end. */
  boolean isAbandoned;

  /**
   * @param expectedNanos what one worker will need for it, by what is known at its submission
   */
  RequestRun(QueuedRequest request, long expectedNanos) {
    this.request = request;
    this.expectedNanos = expectedNanos;
  }

  QueuedRequest request() {
    return request;
  }

  /** What one worker will need for the part that still waits. */
  long waitingNanos() {
    return (long) (expectedNanos * waitingShare());
  }

  /** Events that no worker has taken yet. */
  int waitingEvents() {
    if (isSkipped) {
      return 0;
    }
    return task == null ? request.eventCount() : order.length - cursor;
  }

  /** Bytes of the part that still waits; the request itself is held until its end. */
  long waitingBytes() {
    return (long) Math.ceil(request.sizeBytes() * waitingShare());
  }

  private double waitingShare() {
    return (double) waitingEvents() / request.eventCount();
  }

  /** Whether a worker has begun it. */
  boolean isDecoded() {
    return task != null;
  }

  /** A worker begins it. */
  void start(long nowNanos) {
    startNanos = nowNanos;
  }

  /** When a worker began it, on the queue's clock. */
  long startNanos() {
    return startNanos;
  }

  /** Items of it are about to run; true the first time, in whichever round and worker. */
  boolean startsFirst() {
    return !hasRun.get() && hasRun.compareAndSet(false, true);
  }

  /** It was decoded and its items, those without rows aside, may be taken. */
  void decoded(InferenceTask asked) {
    long[] keys = new long[asked.itemCount()];
    int count = 0;
    for (int item = 0; item < keys.length; item++) {
      if (asked.rowCount(item) > 0) {
        keys[count++] = (long) asked.rowCount(item) << 32 | item;
      }
    }
    Arrays.sort(keys, 0, count);
    order = Arrays.copyOf(keys, count);
    task = asked;
  }

  /** What it asks, once it was decoded. */
  InferenceTask task() {
    if (task == null) {
      throw new IllegalStateException("request: not decoded (expected: decoded when begun)");
    }
    return task;
  }

  /**
   * Moves items, those of few rows first, to {@code batches} until that holds {@code rowsMax} rows
   * in weight.
   *
   * @return how many
   */
  int moveTo(MicroBatches batches, int rowsMax) {
    int first = cursor;
    var asked = task();
    while (cursor < order.length && batches.weight() < rowsMax) {
      batches.add(asked, (int) order[cursor]);
      cursor++;
    }
    return cursor - first;
  }

  /** Whether what is left of it fits into one round. */
  boolean isNearlyDone() {
    long rows = 0;
    for (int next = cursor; next < order.length; next++) {
      rows += order[next] >>> 32;
    }
    return rows <= Round.ROW_COUNT_MAX;
  }

  /** Leaves out what no worker has taken. */
  void skipRest() {
    isSkipped = true;
  }

  /** It ends without an answer; the first reason counts. */
  void fail(Throwable why) {
    failure.compareAndSet(null, why);
  }

  /** Why it ends without an answer; null if nothing has gone wrong. */
  @Nullable Throwable failure() {
    return failure.get();
  }
}
