// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.ArrayList;
import java.util.Arrays;
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
  private final List<RequestRun> runs = new ArrayList<>();
  private int[] heldEvents = new int[16];
  private int[] leftItems = new int[16];
  private boolean[] isSettled = new boolean[16];
  private int weightMax = ROW_COUNT_MAX;
  private double bytesSkipped;

  /** Takes in a request, of which so many events are in this worker's hands. */
  void add(RequestRun run, int events) {
    if (runs.size() == heldEvents.length) {
      heldEvents = Arrays.copyOf(heldEvents, 2 * heldEvents.length);
      leftItems = Arrays.copyOf(leftItems, heldEvents.length);
      isSettled = Arrays.copyOf(isSettled, heldEvents.length);
    }
    heldEvents[runs.size()] = events;
    leftItems[runs.size()] = 0;
    isSettled[runs.size()] = false;
    runs.add(run);
  }

  /** Of the last request taken in, so many items are among those to run. */
  void moved(int items) {
    leftItems[runs.size() - 1] = items;
  }

  /** The items of {@code batch} have run. */
  void ran(MicroBatch batch) {
    for (int item = 0; item < batch.itemCount(); item++) {
      leftItems[indexOf(batch.task(item))]--;
    }
  }

  /**
   * Whether request {@code index} is to be settled now; true once at most.
   *
   * @param onlyDone whether it has to wait until its items of this round have run
   */
  boolean takeToSettle(int index, boolean onlyDone) {
    boolean isNow = !isSettled[index] && (!onlyDone || leftItems[index] == 0);
    isSettled[index] |= isNow;
    return isNow;
  }

  /** The last request taken in gives back so many events. */
  void giveBack(int events) {
    heldEvents[runs.size() - 1] -= events;
  }

  /** The last request taken in is not run: its time is over. */
  void skip() {
    bytesSkipped += bytes(runs.size() - 1);
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
    return runs.size();
  }

  RequestRun run(int index) {
    return runs.get(index);
  }

  /** Events of request {@code index} that this worker answers for. */
  int heldEvents(int index) {
    return heldEvents[index];
  }

  /** Bytes of the requests that did not fail and were run, in proportion to the events held. */
  double bytes() {
    double bytes = -bytesSkipped;
    for (int index = 0; index < runs.size(); index++) {
      if (runs.get(index).failure() == null) {
        bytes += bytes(index);
      }
    }
    return bytes;
  }

  private double bytes(int index) {
    var request = runs.get(index).request();
    return (double) request.sizeBytes() * heldEvents[index] / request.eventCount();
  }

  /** The request that asked {@code task}. */
  RequestRun runOf(InferenceTask task) {
    return runs.get(indexOf(task));
  }

  @SuppressWarnings("ReferenceEquality") // which task, whatever another holds
  private int indexOf(InferenceTask task) {
    for (int index = 0; index < runs.size(); index++) {
      var run = runs.get(index);
      if (run.isDecoded() && run.task() == task) {
        return index;
      }
    }
    throw new IllegalArgumentException("task: of no request (expected: of one of this round)");
  }

  /** Whether anybody still waits for an answer. */
  boolean isWanted(long nowNanos) {
    for (int index = 0; index < runs.size(); index++) {
      var run = runs.get(index);
      if (!isSettled[index] && run.failure() == null && !run.request().isExpired(nowNanos)) {
        return true;
      }
    }
    return false;
  }

  /** When the last of those that wait gives up, on the queue's clock; empty if one never does. */
  OptionalLong lastDeadlineNanos() {
    long last = 0;
    boolean isAny = false;
    for (RequestRun run : runs) {
      if (run.failure() == null) {
        var deadlineNanos = run.request().deadlineNanos();
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
    runs.clear();
  }
}
