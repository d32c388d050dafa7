// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.nio.ByteBuffer;

/**
 * What one request asks of one model: items that run in any order, in any company and on any
 * worker.
 *
 * <p>Every item is written and read by one worker at a time, but several workers may hold different
 * items at once; so both methods touch only what belongs to their item. Neither may block, and
 * neither should allocate: they are called for every item.
 */
interface InferenceTask {
  /** Number of items. */
  int itemCount();

  /**
   * Length of item {@code item} along the ragged axis; 1 if there is none, 0 for nothing to run.
   */
  int rowCount(int item);

  /**
   * What tells shapes apart beside the row count: items with different keys never share a run. 0
   * for a model whose items differ in their row count alone.
   */
  default long shapeKey() {
    return 0;
  }

  /**
   * Writes item {@code item} of input {@code input} to {@code target} at its position, in native
   * byte order, exactly its bytes.
   */
  void writeInput(int input, int item, ByteBuffer target);

  /**
   * Takes item {@code item} of output {@code output} from {@code source}, which stands at the
   * item's first byte and has native byte order. It is overwritten once this returns.
   */
  void readOutput(int output, int item, ByteBuffer source);
}
