// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import java.nio.ByteBuffer;

/**
 * The question to a direction model: the rows of each event of a table, answered by a vector and,
 * if the model knows them, a concentration and radii.
 *
 * <p>Events may be run by several workers at once: each writes only its own places of the answers.
 */
final class DirectionTask implements InferenceTask {
  static final int FEATURES = 0;
  static final int LENGTHS = 1;
  static final int DIRECTION = 0;

  private final FeatureTable table;
  private final RowLadder ladder;
  private final Answers answers;

  DirectionTask(FeatureTable table, RowLadder ladder) {
    this.table = table;
    this.ladder = ladder;
    this.answers = new Answers(table.eventCount());
  }

  /** What {@code model} says to every event of {@code table}, all of it on this thread. */
  static Answers ask(InferenceModel model, FeatureTable table) {
    var task = new DirectionTask(table, model.rowLadder());
    MicroBatches.runAll(model, task);
    return task.answers;
  }

  FeatureTable table() {
    return table;
  }

  /** What has been said so far. */
  Answers answers() {
    return answers;
  }

  @Override
  public int itemCount() {
    return table.eventCount();
  }

  @Override
  public int rowCount(int item) {
    return ladder.rung(table.rowCount(item));
  }

  @Override
  public void writeInput(int input, int item, ByteBuffer target) {
    switch (input) {
      case FEATURES -> {
        table.copyRows(item, target);
        int paddedRows = rowCount(item) - table.rowCount(item);
        for (int value = paddedRows * FeatureTable.COLUMN_COUNT; value > 0; value--) {
          target.putFloat(0);
        }
      }
      case LENGTHS -> target.putLong(table.rowCount(item));
      default -> throw new IllegalArgumentException("input: " + input + " (expected: 0..1)");
    }
  }

  @Override
  public void readOutput(int output, int item, long[] dims, ByteBuffer source) {
    if (output == DIRECTION) {
      answers.setVector(item, source.getFloat(), source.getFloat(), source.getFloat());
    } else if (dims.length == 1) {
      // Either of kappa [batch] and radii [batch, 2] may be missing, so the rank says which it is.
      answers.setKappa(item, source.getFloat());
    } else {
      answers.setRadii(item, source.getFloat(), source.getFloat());
    }
  }
}
