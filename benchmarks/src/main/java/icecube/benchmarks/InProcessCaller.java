// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.benchmarks.InProcessOnnx.Run;
import icecube.benchmarks.InProcessOnnx.Scratch;
import icecube.load.Caller;
import icecube.load.Outcome;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Asks ONNX Runtime in this process as if it were a server that costs nothing: single events wait
 * for one of as many threads as processors. What the same load finds with it is the best that a
 * server on this machine can reach.
 */
final class InProcessCaller implements Caller {
  private static final long RUN_SECONDS_MAX = 10;

  private final List<Run> runs;
  private final LongConsumer ranNanos;
  private final ExecutorService pool;
  private final BlockingQueue<Scratch> scratches;

  /**
   * @param ranNanos told how long each event ran, by any of the threads
   */
  InProcessCaller(InProcessOnnx onnx, List<PaddedEvents> events, LongConsumer ranNanos) {
    this.runs = events.stream().map(Run::alone).toList();
    this.ranNanos = ranNanos;
    this.pool = Executors.newFixedThreadPool(onnx.threads());
    this.scratches = new ArrayBlockingQueue<>(onnx.threads());
    for (int thread = 0; thread < onnx.threads(); thread++) {
      scratches.add(onnx.scratch());
    }
  }

  @Override
  public int requestCount() {
    return runs.size();
  }

  @Override
  public int itemCount(int request) {
    return 1;
  }

  @Override
  public int rowCount(int request) {
    return runs.get(request).longest();
  }

  @Override
  public void call(int request, Consumer<Outcome> answered) {
    pool.execute(() -> answered.accept(run(runs.get(request))));
  }

  private Outcome run(Run run) {
    try {
      Scratch scratch = scratches.take();
      try {
        long begin = System.nanoTime();
        scratch.run(run);
        ranNanos.accept(System.nanoTime() - begin);
      } finally {
        scratches.add(scratch);
      }
      return Outcome.OK;
    } catch (Exception e) {
      return Outcome.failed(e.toString());
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
    try {
      if (!pool.awaitTermination(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("runs: not ended after " + RUN_SECONDS_MAX + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scratches.forEach(Scratch::close);
  }
}
