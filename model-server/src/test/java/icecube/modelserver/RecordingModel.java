// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import icecube.v1.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A direction model that says what is in the first row of each event, writes down its batches, and
 * waits in each until the test lets it go on. A batch with a {@link #BREAKS} in its rows fails.
 */
final class RecordingModel implements InferenceModel {
  static final float BREAKS = 666;
  private static final long[] DIMS = {1, 3};

  /** Row counts of the batches, each as often as it had items, in the order they began. */
  final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

  final Semaphore entered = new Semaphore(0);
  private final Semaphore permits;

  RecordingModel(boolean open) {
    permits = new Semaphore(open ? Integer.MAX_VALUE / 2 : 0);
  }

  ServedModel served(String name) {
    return ServedModel.ready(name, "1", Model.Runtime.RUNTIME_JAVA, "", "A recording.", this);
  }

  void letThrough(int runs) {
    permits.release(runs);
  }

  @Override
  public void run(MicroBatch batch) {
    var rowCounts = new ArrayList<Integer>();
    for (int index = 0; index < batch.itemCount(); index++) {
      rowCounts.add(batch.rowCount());
    }
    batches.add(rowCounts);
    entered.release();
    awaitPermit();
    int floats = batch.rowCount() * FeatureTable.COLUMN_COUNT;
    var bytes = ByteBuffer.allocate(floats * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int index = 0; index < batch.itemCount(); index++) {
      bytes.clear();
      batch.task(index).writeInput(DirectionTask.FEATURES, batch.item(index), bytes);
      for (int at = 0; at < floats; at++) {
        if (bytes.getFloat(at * Float.BYTES) == BREAKS) {
          throw new IllegalStateException("a row of 666");
        }
      }
    }
    for (int index = 0; index < batch.itemCount(); index++) {
      bytes.clear();
      batch.task(index).writeInput(DirectionTask.FEATURES, batch.item(index), bytes);
      batch.task(index).readOutput(DirectionTask.DIRECTION, batch.item(index), DIMS, bytes.clear());
    }
  }

  private void awaitPermit() {
    try {
      if (!permits.tryAcquire(30, TimeUnit.SECONDS)) {
        throw new PredictorException("gate: never opened (expected: the test opens it)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PredictorException("gate: interrupted", e);
    }
  }

  @Override
  public ModelSignature signature() {
    return ModelSignature.DIRECTION;
  }

  @Override
  public int rowCountMax() {
    return 768;
  }

  @Override
  public long runCount() {
    return batches.size();
  }

  @Override
  public void close() {}
}
