// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import icecube.v1.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;

/** The improved line fit as a model: no file, always ready. Thread-safe. */
final class LineFitModel implements InferenceModel {
  static final String NAME = "line-fit";
  static final String VERSION = "1";

  private static final long[] DIRECTION_DIMS = {1, 3};

  private final LongAdder runs = new LongAdder();

  /** The model that is built in. */
  static ServedModel served() {
    return ServedModel.ready(
        NAME,
        VERSION,
        Model.Runtime.RUNTIME_JAVA,
        "",
        "Improved line fit in Java: late light left out, charge weighted, robust.",
        new LineFitModel());
  }

  private static void fit(FeatureTable table, int event, Answers answers) {
    var direction = LineFit.improved().fit(table, event);
    if (direction.isPresent()) {
      var d = direction.get();
      answers.setVector(event, d.x(), d.y(), d.z());
    }
  }

  @Override
  public ModelSignature signature() {
    return ModelSignature.DIRECTION;
  }

  @Override
  public void run(MicroBatch batch) {
    runs.increment();
    for (int index = 0; index < batch.itemCount(); index++) {
      if (batch.task(index) instanceof DirectionTask direct) {
        // The table is there and the answer keeps its double precision.
        fit(direct.table(), batch.item(index), direct.answers());
      } else {
        fitBytes(batch.task(index), batch.item(index), batch.rowCount());
      }
    }
  }

  private static void fitBytes(InferenceTask task, int item, int rowCount) {
    float[] values = new float[rowCount * FeatureTable.COLUMN_COUNT];
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    task.writeInput(DirectionTask.FEATURES, item, bytes);
    bytes.flip().asFloatBuffer().get(values);
    int[] rowCounts = {rowCount};
    var answers = new Answers(1);
    fit(FeatureTable.owning(new long[1], rowCounts, rowCounts, new int[1], values), 0, answers);
    bytes.clear();
    bytes.putFloat((float) answers.x(0)).putFloat((float) answers.y(0));
    bytes.putFloat((float) answers.z(0)).flip();
    task.readOutput(DirectionTask.DIRECTION, item, DIRECTION_DIMS, bytes);
  }

  @Override
  public int rowCountMax() {
    return FeatureBuilder.ROW_COUNT_MAX;
  }

  @Override
  public long runCount() {
    return runs.sum();
  }

  @Override
  public void close() {}
}
