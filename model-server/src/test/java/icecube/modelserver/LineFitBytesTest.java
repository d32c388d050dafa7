// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.FeatureTable;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The line fit asked through plain buffers, as a protocol of tensors does. */
final class LineFitBytesTest {
  /** Another task than the one the line fit knows, with the same content. */
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
    FeatureTable table = Samples.table(new SplittableRandom(8), 50);
    var fit = new LineFitModel();
    var task = new DirectionTask(table);

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
    var task = new DirectionTask(table);

    MicroBatches.runAll(new LineFitModel(), task);

    var wanted = DirectionTask.ask(new LineFitModel(), table);
    for (int event = 0; event < table.eventCount(); event++) {
      assertThat(task.answers().x(event)).isEqualTo(wanted.x(event));
    }
  }
}
