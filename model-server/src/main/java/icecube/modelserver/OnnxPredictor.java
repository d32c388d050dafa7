// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import icecube.physics.FeatureTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph in ONNX Runtime as a model.
 *
 * <p>One thread a run, no pool and no spinning: the workers are the parallelism (two workers of one
 * thread beat one of two by 1.2, and by 2 beside a busy neighbour). The arena stays on. Results
 * live for one run and are closed with it; outputs are written in place into buffers of ours. Owns
 * its session. Thread-safe.
 */
final class OnnxPredictor implements Predictor, InferenceModel {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxPredictor.class);
  private static final int COLUMNS = FeatureTable.COLUMN_COUNT;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final boolean hasKappa;
  private final int rowCountMax;
  private final BlockingQueue<OnnxScratch> idleScratch;
  private final LongAdder runs = new LongAdder();
  // Runs share it, closing takes it alone: a session freed under a run ends the process.
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  // Written under the write lock only.
  private boolean closed;

  private OnnxPredictor(
      OrtEnvironment environment,
      OrtSession session,
      boolean hasKappa,
      int rowCountMax,
      int workerCount) {
    this.environment = environment;
    this.session = session;
    this.hasKappa = hasKappa;
    this.rowCountMax = rowCountMax;
    this.idleScratch = new ArrayBlockingQueue<>(workerCount);
  }

  /**
   * The model in {@code graph}, the bytes of an ONNX file, loaded from memory so that what was
   * verified is what runs, and run once.
   *
   * @param workerCount how many threads will ask at once; only sizes what is kept for re-use
   * @throws PredictorException if it is no graph, or not of {@link OnnxSignature}
   */
  static OnnxPredictor load(byte[] graph, int rowCountMax, int workerCount) {
    OnnxFile.requireSelfContained(graph);
    try {
      var environment = OrtEnvironment.getEnvironment();
      var session = open(environment, graph);
      try {
        boolean hasKappa = OnnxSignature.requireDirectionModel(session);
        var predictor = new OnnxPredictor(environment, session, hasKappa, rowCountMax, workerCount);
        predictor.warmUp();
        return predictor;
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new PredictorException("model.onnx: " + e.getMessage(), e);
    }
  }

  private static OrtSession open(OrtEnvironment environment, byte[] graph) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setCPUArenaAllocator(true);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      return environment.createSession(graph, options);
    }
  }

  /** One run of an event of all zeros, so that the first real one does not pay for first use. */
  private void warmUp() {
    predict(
        FeatureTable.owning(
            new long[] {0}, new int[] {1}, new int[] {1}, new int[] {0}, new float[COLUMNS]));
    runs.reset();
  }

  @Override
  public Answers predict(FeatureTable table) {
    var task = new DirectionTask(table);
    MicroBatches.runAll(this, task);
    return task.answers();
  }

  @Override
  public List<TensorSpec> inputs() {
    return DirectionTask.INPUTS;
  }

  @Override
  public List<TensorSpec> outputs() {
    return hasKappa ? DirectionTask.OUTPUTS_WITH_KAPPA : DirectionTask.OUTPUTS;
  }

  @Override
  public void run(MicroBatch batch) {
    requireRowCount(batch.rowCount());
    open.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model: closed (expected: open)");
      }
      runOpen(batch);
    } finally {
      open.readLock().unlock();
    }
  }

  private void runOpen(MicroBatch batch) {
    var borrowed = idleScratch.poll();
    var scratch = borrowed == null ? newScratch() : borrowed;
    try {
      scratch.write(batch);
      int events = batch.itemCount();
      try (var features = scratch.features(events, batch.rowCount())) {
        var inputs =
            Map.of(
                OnnxSignature.FEATURES, features, OnnxSignature.LENGTHS, scratch.lengths(events));
        // The outputs are ours, so closing the result frees nothing of theirs.
        session.run(inputs, scratch.outputs(events)).close();
        runs.increment();
      }
      scratch.read(batch);
    } catch (OrtException e) {
      throw new PredictorException("run: " + e.getMessage(), e);
    } finally {
      // Refused only if more threads ask than were promised.
      if (!idleScratch.offer(scratch)) {
        scratch.close();
      }
    }
  }

  private void requireRowCount(int rowCount) {
    if (rowCount > rowCountMax) {
      throw new IllegalArgumentException(
          "row_count: " + rowCount + " (expected: 1.." + rowCountMax + ")");
    }
  }

  private OnnxScratch newScratch() {
    int rowsMax = Math.max(rowCountMax, MicroBatches.ROW_COUNT_MAX);
    return new OnnxScratch(environment, rowsMax, MicroBatches.ITEM_COUNT_MAX, hasKappa);
  }

  @Override
  public int rowCountMax() {
    return rowCountMax;
  }

  @Override
  public long runCount() {
    return runs.sum();
  }

  @Override
  public boolean hasKappa() {
    return hasKappa;
  }

  /**
   * Frees the session, unless a run holds on to it: then a later close or the process's end does.
   */
  @Override
  public void close() {
    if (!open.writeLock().tryLock()) {
      LOG.warn("a run did not end in time; its session is left to the end of the process");
      return;
    }
    try {
      if (!closed) {
        closed = true;
        // No run is left, so all of it that is not garbage is here.
        idleScratch.forEach(OnnxScratch::close);
        idleScratch.clear();
        session.close();
      }
    } catch (OrtException e) {
      throw new PredictorException("close: " + e.getMessage(), e);
    } finally {
      open.writeLock().unlock();
    }
  }
}
