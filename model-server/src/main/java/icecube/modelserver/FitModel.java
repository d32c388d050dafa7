// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.Direction;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import icecube.physics.PandelFit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** A fit in Java as a model: no file, no weights, always ready. Thread-safe, as the fit is. */
final class FitModel implements InferenceModel {
  private static final long[] DIRECTION_DIMS = {1, 3};

  /** The direction of an event of a table, if its rows fix one. */
  private interface Fit {
    Optional<Direction> of(FeatureTable table, int event);
  }

  private final Fit fit;
  private final LongAdder runs = new LongAdder();

  private FitModel(Fit fit) {
    this.fit = fit;
  }

  /** The improved line fit. */
  static FitModel lineFit() {
    return new FitModel(LineFit.improved()::fit);
  }

  /** The track of greatest likelihood. */
  static FitModel pandel() {
    return new FitModel(PandelFit.mpe()::fit);
  }

  private void fit(FeatureTable table, int event, Answers answers) {
    var direction = fit.of(table, event);
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

  private void fitBytes(InferenceTask task, int item, int rowCount) {
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
