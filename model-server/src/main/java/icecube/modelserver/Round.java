// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one worker takes at a time: items of one or several requests to the same model, at most
 * {@value #ROW_COUNT_MAX} rows in weight unless one item alone has more.
 *
 * <p>Used again and again; confined to its worker.
 */
final class Round {
  /**
   * Rows after which a round takes no more: enough to find items of equal length, and about the
   * longest that a small request waits for a worker (10 ms of a model of 110 k parameters).
   */
  static final int ROW_COUNT_MAX = 4_096;

  /** Why a round took no more. */
  enum Close {
    /** It holds as many rows as it may. */
    FULL,
    /** Nothing more waited. */
    DRAINED,
    /** Another worker was free for what waited. */
    SPREAD,
    /** What waited was for another model. */
    SHAPE
  }

  private final MicroBatches batches = new MicroBatches();
  private final List<Part> parts = new ArrayList<>();
  private int weightMax = ROW_COUNT_MAX;
  private double bytesSkipped;

  /** A request of the round, and what this worker has of it. */
  private static final class Part {
    final RequestRun run;
    int heldEvents;
    int leftItems;
    boolean isSettled;

    Part(RequestRun run, int heldEvents) {
      this.run = run;
      this.heldEvents = heldEvents;
    }

    /** Bytes of the request, in proportion to the events held. */
    double bytes() {
      var request = run.request();
      return (double) request.sizeBytes() * heldEvents / request.eventCount();
    }
  }

  /** Takes in a request, with so many events in this worker's hands. */
  void add(RequestRun run, int events) {
    parts.add(new Part(run, events));
  }

  private Part last() {
    return parts.get(parts.size() - 1);
  }

  /** Of the last request taken in, so many items are among those to run. */
  void moved(int items) {
    last().leftItems = items;
  }

  /** The items of {@code batch} have run. */
  void ran(MicroBatch batch) {
    for (int item = 0; item < batch.itemCount(); item++) {
      partOf(batch.task(item)).leftItems--;
    }
  }

  /**
   * Whether request {@code index} is to be settled now; true once at most.
   *
   * @param onlyDone whether it has to wait until its items of this round have run
   */
  boolean takeToSettle(int index, boolean onlyDone) {
    var part = parts.get(index);
    boolean isNow = !part.isSettled && (!onlyDone || part.leftItems == 0);
    part.isSettled |= isNow;
    return isNow;
  }

  /** The last request taken in gives back so many events. */
  void giveBack(int events) {
    last().heldEvents -= events;
  }

  /** The last request taken in is not run: its time is over. */
  void skip() {
    bytesSkipped += last().bytes();
  }

  /** Begins anew, for a model that takes {@code batchScale} times what suits a processor. */
  void begin(int batchScale) {
    batches.scaleBy(batchScale);
    weightMax = ROW_COUNT_MAX * batchScale;
  }

  /** What its items may weigh together. */
  int weightMax() {
    return weightMax;
  }

  /** Whether it holds as many rows as it may. */
  boolean isFull() {
    return batches.weight() >= weightMax;
  }

  /** The items to run. */
  MicroBatches batches() {
    return batches;
  }

  int runCount() {
    return parts.size();
  }

  RequestRun run(int index) {
    return parts.get(index).run;
  }

  /** Events of request {@code index} that this worker answers for. */
  int heldEvents(int index) {
    return parts.get(index).heldEvents;
  }

  /** Bytes of the requests that did not fail and were run, in proportion to the events held. */
  double bytes() {
    double bytes = -bytesSkipped;
    for (Part part : parts) {
      if (part.run.failure() == null) {
        bytes += part.bytes();
      }
    }
    return bytes;
  }

  /** The request that asked {@code task}. */
  RequestRun runOf(InferenceTask task) {
    return partOf(task).run;
  }

  @SuppressWarnings("ReferenceEquality") // which task, whatever another holds
  private Part partOf(InferenceTask task) {
    for (int index = 0; index < parts.size(); index++) {
      var part = parts.get(index);
      if (part.run.isDecoded() && part.run.task() == task) {
        return part;
      }
    }
    throw new IllegalArgumentException("task: of no request (expected: of one of this round)");
  }

  /** Whether anybody still waits for an answer. */
  boolean isWanted(long nowNanos) {
    for (int index = 0; index < parts.size(); index++) {
      var part = parts.get(index);
      boolean isWaiting = !part.isSettled && part.run.failure() == null;
      if (isWaiting && !part.run.request().isExpired(nowNanos)) {
        return true;
      }
    }
    return false;
  }

  /** When the last of those that wait gives up, on the queue's clock; empty if one never does. */
  OptionalLong lastDeadlineNanos() {
    long last = 0;
    boolean isAny = false;
    for (Part part : parts) {
      if (part.run.failure() == null) {
        var deadlineNanos = part.run.request().deadlineNanos();
        if (deadlineNanos.isEmpty()) {
          return deadlineNanos;
        }
        long nanos = deadlineNanos.getAsLong();
        last = isAny && last - nanos > 0 ? last : nanos;
        isAny = true;
      }
    }
    return isAny ? OptionalLong.of(last) : OptionalLong.empty();
  }

  /** Forgets everything. */
  void clear() {
    bytesSkipped = 0;
    batches.clear();
    parts.clear();
  }
}
