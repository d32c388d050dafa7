// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import inference.InferBatchStatistics;
import inference.InferStatistics;
import inference.ModelStatistics;
import inference.StatisticDuration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * What one version of a model has done since it was loaded, for {@code ModelStatistics}: how its
 * requests ended and where their time went. All of them count, whichever service they came through.
 *
 * <p>Sums only, so that two readings give the means of what lies between. Decoding, features, the
 * model and judging are one time, {@code compute_infer}. Thread-safe.
 */
final class ModelActivity {
  private final Sum success = new Sum();
  private final Sum fail = new Sum();
  private final Sum queue = new Sum();
  private final Sum compute = new Sum();
  private final LongAdder items = new LongAdder();
  private final AtomicLong lastMillis = new AtomicLong();

  /** Runs of 1, 2, ... items. */
  private final Sum[] batches =
      Stream.generate(Sum::new).limit(MicroBatches.ITEM_COUNT_LIMIT).toArray(Sum[]::new);

  /** A worker has run a request, whatever becomes of the answer. */
  void ran(long waitedNanos, long computedNanos) {
    queue.add(waitedNanos);
    compute.add(computedNanos);
  }

  /**
   * A request was answered.
   *
   * @param itemCount events it brought
   * @param nanos from its admission to its answer
   * @param epochMillis now
   */
  void answered(int itemCount, long nanos, long epochMillis) {
    items.add(itemCount);
    success.add(nanos);
    lastMillis.accumulateAndGet(epochMillis, Math::max);
  }

  /**
   * The model has run a batch, and nothing else in that time.
   *
   * @param itemCount 1..{@value MicroBatches#ITEM_COUNT_LIMIT}
   */
  void batched(int itemCount, long nanos) {
    batches[itemCount - 1].add(nanos);
  }

  /**
   * A request got no answer, {@code nanos} after its admission: refused at the door (0 then), in
   * the queue or by a worker.
   */
  void failed(long nanos) {
    fail.add(nanos);
  }

  /**
   * The sums as they travel.
   *
   * @param runCount runs of the model itself
   */
  ModelStatistics toProto(ModelCard card, long runCount) {
    var statistics =
        ModelStatistics.newBuilder()
            .setName(card.name())
            .setVersion(card.version())
            .setLastInference(lastMillis.get())
            .setInferenceCount(items.sum())
            .setExecutionCount(runCount)
            .setInferenceStats(
                InferStatistics.newBuilder()
                    .setSuccess(success.toProto())
                    .setFail(fail.toProto())
                    .setQueue(queue.toProto())
                    .setComputeInput(compute.withoutTime())
                    .setComputeInfer(compute.toProto())
                    .setComputeOutput(compute.withoutTime()));
    for (int index = 0; index < batches.length; index++) {
      var run = batches[index].toProto();
      if (run.getCount() > 0) {
        statistics.addBatchStats(
            InferBatchStatistics.newBuilder()
                .setBatchSize(index + 1)
                .setComputeInput(batches[index].withoutTime())
                .setComputeInfer(run)
                .setComputeOutput(batches[index].withoutTime()));
      }
    }
    return statistics.build();
  }

  /** How often and how long. The two are not read at one instant. */
  private static final class Sum {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long value) {
      count.increment();
      nanos.add(Math.max(0, value));
    }

    StatisticDuration toProto() {
      return StatisticDuration.newBuilder().setCount(count.sum()).setNs(nanos.sum()).build();
    }

    StatisticDuration withoutTime() {
      return StatisticDuration.newBuilder().setCount(count.sum()).build();
    }
  }
}
