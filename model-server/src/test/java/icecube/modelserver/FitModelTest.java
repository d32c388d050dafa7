// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.FeatureTable;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Fits asked through plain buffers, as a protocol of tensors does. */
final class FitModelTest {
  /** Another task than the one that fits know, with the same content. */
  private record Wrapped(DirectionTask task) implements InferenceTask {
    @Override
    public int itemCount() {
      return task.itemCount();
    }

    @Override
    public int rowCount(int item) {
      return task.rowCount(item);
    }

    @Override
    public void writeInput(int input, int item, ByteBuffer target) {
      task.writeInput(input, item, target);
    }

    @Override
    public void readOutput(int output, int item, long[] dims, ByteBuffer source) {
      task.readOutput(output, item, dims, source);
    }
  }

  @Test
  void bytesAreAnsweredAsTablesAreToFloatPrecision() {
    assertBytesAreAnsweredAsTablesAre(FitModel.lineFit());
    assertBytesAreAnsweredAsTablesAre(FitModel.pandel());
  }

  private static void assertBytesAreAnsweredAsTablesAre(FitModel fit) {
    FeatureTable table = Samples.table(new SplittableRandom(8), 50);
    var task = new DirectionTask(table, RowLadder.EVERY);

    MicroBatches.runAll(fit, new Wrapped(task));

    var wanted = DirectionTask.ask(fit, table);
    for (int event = 0; event < table.eventCount(); event++) {
      assertThat(task.answers().x(event)).isCloseTo(wanted.x(event), within(1e-7));
      assertThat(task.answers().y(event)).isCloseTo(wanted.y(event), within(1e-7));
      assertThat(task.answers().z(event)).isCloseTo(wanted.z(event), within(1e-7));
    }
  }

  @Test
  void batchesAreAnsweredExactlyAsTablesAre() {
    FeatureTable table = Samples.table(new SplittableRandom(9), 50);
    var task = new DirectionTask(table, RowLadder.EVERY);

    MicroBatches.runAll(FitModel.lineFit(), task);

    var wanted = DirectionTask.ask(FitModel.lineFit(), table);
    for (int event = 0; event < table.eventCount(); event++) {
      assertThat(task.answers().x(event)).isEqualTo(wanted.x(event));
    }
  }
}
