// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
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

  /** What item {@code item} costs beside others, in rows of six numbers; at least 1. */
  default int weight(int item) {
    return Math.max(1, rowCount(item));
  }

  /** The most items that run together with item {@code item}, itself among them. */
  default int companyMax(int item) {
    return Math.max(1, Math.min(companyLimit(), MicroBatches.ROW_COUNT_MAX / weight(item)));
  }

  /** The most items that run together, however light. */
  default int companyLimit() {
    return MicroBatches.ITEM_COUNT_MAX;
  }

  /** Whether items of {@code other}, if of equal row count, may share a run with those of this. */
  default boolean fits(InferenceTask other) {
    return true;
  }

  /** Length of axis {@code axis} of input {@code input} where the signature leaves it open. */
  default long dim(int input, int axis) {
    throw new IllegalArgumentException(
        "axis: %d of input %d (expected: of a length that is not fixed)".formatted(axis, input));
  }

  /**
   * Writes item {@code item} of input {@code input} to {@code target} at its position, in native
   * byte order, exactly its bytes.
   */
  void writeInput(int input, int item, ByteBuffer target);

  /**
   * Whether {@link #readOutput} is to be called, of an output whose shape was not known before the
   * run. Asked of each item before the whole is copied from the runtime.
   *
   * @param dims shape of the whole output of the run; the task must not keep or change it
   * @throws ReasonException {@code REQUEST_TOO_LARGE} if the answer would be too large
   */
  default boolean wantsOutput(int output, int item, long[] dims) {
    return true;
  }

  /**
   * Takes item {@code item} of output {@code output} from {@code source}, which stands at the
   * item's first byte and has native byte order. It is overwritten once this returns.
   *
   * @param dims shape of the whole output of the run; the task must not keep or change it
   */
  void readOutput(int output, int item, long[] dims, ByteBuffer source);
}
