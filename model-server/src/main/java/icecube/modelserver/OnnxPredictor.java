// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import icecube.modelserver.MicroBatches.MicroBatch;
import icecube.physics.FeatureTable;
import java.util.HashMap;
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
 * thread beat one of two by 1.2, and by 2 beside a busy neighbour). The arena stays on. Every
 * tensor and result lives for one run and is closed with it; outputs are written in place into
 * buffers of ours. Owns its session. Thread-safe.
 */
final class OnnxPredictor implements Predictor {
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
    open.readLock().lock();
    try {
      return predictOpen(table);
    } finally {
      open.readLock().unlock();
    }
  }

  private Answers predictOpen(FeatureTable table) {
    var answers = new Answers(table.eventCount());
    var borrowed = idleScratch.poll();
    var scratch = borrowed == null ? newScratch() : borrowed;
    try {
      for (MicroBatch batch : MicroBatches.cut(table)) {
        requireRowCount(batch.rowCount());
        run(table, batch, scratch, answers);
      }
    } catch (OrtException e) {
      throw new PredictorException("run: " + e.getMessage(), e);
    } finally {
      // Refused only if more threads ask than were promised; then it is garbage.
      idleScratch.offer(scratch);
    }
    return answers;
  }

  private void requireRowCount(int rowCount) {
    if (rowCount > rowCountMax) {
      throw new IllegalArgumentException(
          "row_count: " + rowCount + " (expected: 1.." + rowCountMax + ")");
    }
  }

  private OnnxScratch newScratch() {
    int rowsMax = Math.max(rowCountMax, MicroBatches.ROW_COUNT_MAX);
    return new OnnxScratch(environment, rowsMax, MicroBatches.EVENT_COUNT_MAX, COLUMNS);
  }

  private void run(FeatureTable table, MicroBatch batch, OnnxScratch scratch, Answers answers)
      throws OrtException {
    int events = batch.eventCount();
    var features = scratch.features();
    var lengths = scratch.lengths();
    for (int index = 0; index < events; index++) {
      table.copyRows(batch.event(index), features);
      lengths.put(batch.rowCount());
    }
    try (var featuresTensor = scratch.featuresTensor(events, batch.rowCount(), COLUMNS);
        var lengthsTensor = scratch.lengthsTensor(events);
        var directionTensor = scratch.directionTensor(events);
        var kappaTensor = scratch.kappaTensor(events)) {
      Map<String, OnnxTensor> outputs = new HashMap<>();
      outputs.put(OnnxSignature.DIRECTION, directionTensor);
      if (hasKappa) {
        outputs.put(OnnxSignature.KAPPA, kappaTensor);
      }
      var inputs =
          Map.of(OnnxSignature.FEATURES, featuresTensor, OnnxSignature.LENGTHS, lengthsTensor);
      // The outputs are ours, so closing the result frees nothing of theirs.
      session.run(inputs, outputs).close();
      runs.increment();
    }
    for (int index = 0; index < events; index++) {
      int event = batch.event(index);
      answers.setVector(
          event,
          scratch.direction(3 * index),
          scratch.direction(3 * index + 1),
          scratch.direction(3 * index + 2));
      if (hasKappa) {
        answers.setKappa(event, scratch.kappa(index));
      }
    }
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
        session.close();
      }
    } catch (OrtException e) {
      throw new PredictorException("close: " + e.getMessage(), e);
    } finally {
      open.writeLock().unlock();
    }
  }
}
