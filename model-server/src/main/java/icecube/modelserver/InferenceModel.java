// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * An open model that runs micro-batches of whatever tasks wait for it.
 *
 * <p>Thread-safe: any number of workers may run it at once. The answer to an item does not depend
 * on its neighbours. The owner closes it once nobody asks any more.
 */
interface InferenceModel extends AutoCloseable {
  /** What it reads and writes, in the order that tasks count inputs and outputs by. */
  ModelSignature signature();

  /** The most rows of one item; 1 for a model without a ragged axis. */
  int rowCountMax();

  /** What the events of a direction model are padded to. */
  default RowLadder rowLadder() {
    return RowLadder.EVERY;
  }

  /** How many times the batches that suit a processor it takes at once. */
  default int batchScale() {
    return Device.CPU.batchScale();
  }

  /** How often it has run for callers; a run may take many items at once. */
  long runCount();

  /**
   * Runs the items of {@code batch} together: asks each for its inputs, gives each its outputs.
   *
   * @throws PredictorException if the model cannot be run; then no item was given an output
   */
  void run(MicroBatch batch);

  @Override
  void close();
}
