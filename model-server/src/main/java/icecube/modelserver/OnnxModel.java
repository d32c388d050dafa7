// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph in ONNX Runtime as a model.
 *
 * <p>One thread a run, no pool and no spinning: the workers are the parallelism (two workers of one
 * thread beat one of two by 1.2, and by 2 beside a busy neighbour). The arena stays on. Results
 * live for one run and are closed with it; outputs whose shape is known are written in place into
 * buffers of ours. Owns its session. Thread-safe.
 */
final class OnnxModel implements InferenceModel {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Device device;
  // Changes only before the model is asked by anybody else.
  private volatile ModelSignature signature;
  private final int rowCountMax;
  private final RowLadder rowLadder;
  private final BlockingQueue<OnnxScratch> idleScratch;
  private final LongAdder runs = new LongAdder();
  // Runs share it, closing takes it alone: a session freed under a run ends the process.
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  // Written under the write lock only.
  private boolean closed;

  private OnnxModel(
      OrtEnvironment environment,
      OrtSession session,
      Device device,
      ModelSignature signature,
      int rowCountMax,
      RowLadder rowLadder,
      int workerCount) {
    this.environment = environment;
    this.session = session;
    this.device = device;
    this.signature = signature;
    this.rowCountMax = signature.isRagged() ? rowCountMax : 1;
    this.rowLadder = rowLadder;
    this.idleScratch = new ArrayBlockingQueue<>(workerCount);
  }

  /** The model in {@code graph} by the signature of the graph itself, on the processors. */
  static OnnxModel load(byte[] graph, int rowCountMax, int workerCount) {
    var sessions = new OnnxSessions(Device.CPU);
    return load(
        graph, sessions, UnaryOperator.identity(), rowCountMax, RowLadder.EVERY, workerCount);
  }

  /**
   * The model in {@code graph}, the bytes of an ONNX file, loaded from memory so that what was
   * verified is what runs.
   *
   * @param sessions opens it on its device
   * @param stated checks the graph's signature and adds what no graph says: which axis is ragged
   * @param rowCountMax most rows of one item, if items are ragged
   * @param rowLadder what the events of a direction model are padded to
   * @param workerCount how many threads will ask at once; only sizes what is kept for re-use
   * @throws PredictorException if it is no graph, or of what cannot be served
   */
  static OnnxModel load(
      byte[] graph,
      OnnxSessions sessions,
      UnaryOperator<ModelSignature> stated,
      int rowCountMax,
      RowLadder rowLadder,
      int workerCount) {
    OnnxFile.requireSelfContained(graph);
    try {
      var session = sessions.open(graph);
      try {
        var signature = stated.apply(OnnxSignature.of(session));
        return new OnnxModel(
            sessions.environment(),
            session,
            sessions.device(),
            signature,
            rowCountMax,
            rowLadder,
            workerCount);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new PredictorException("model.onnx: " + e.getMessage(), e);
    }
  }

  /** Takes the first axis for one like others; before anybody else may ask the model. */
  void dropBatchAxis() {
    idleScratch.forEach(OnnxScratch::close);
    idleScratch.clear();
    signature = signature.withoutBatchAxis();
  }

  @Override
  public ModelSignature signature() {
    return signature;
  }

  @Override
  public RowLadder rowLadder() {
    return rowLadder;
  }

  @Override
  public int batchScale() {
    return device.batchScale();
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
    try {
      var borrowed = idleScratch.poll();
      var scratch = borrowed == null ? new OnnxScratch(environment, signature) : borrowed;
      try {
        scratch.run(session, batch);
        runs.increment();
      } finally {
        // Refused only if more threads ask than were promised.
        if (!idleScratch.offer(scratch)) {
          scratch.close();
        }
      }
    } catch (OrtException e) {
      throw new PredictorException("run: " + e.getMessage(), e);
    }
  }

  private void requireRowCount(int rowCount) {
    if (rowCount > rowCountMax) {
      throw new IllegalArgumentException(
          "row_count: " + rowCount + " (expected: 1.." + rowCountMax + ")");
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
