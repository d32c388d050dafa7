// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The question to any model: items of tensors as they came, answered by items of tensors.
 *
 * <p>Reads from the request's own bytes; rows beyond an item's length are padding and are never
 * read. Items may be run by several workers at once.
 */
final class TensorTask implements InferenceTask {
  /** Bytes of what counts as one row: six numbers, as a row of features has. */
  private static final int ROW_BYTES = 24;

  private final ModelSignature signature;
  private final List<OipTensor> inputs;
  private final int[] rowCounts;
  private final List<Integer> wanted;
  private final int denseWeight;
  private final int rowWeight;
  private final @Nullable TensorOutput[] outputs;

  /**
   * @param inputs in the signature's order, found to fit it
   * @param rowCounts of each item; 1 where nothing is ragged
   * @param wanted numbers of the outputs to answer with
   */
  TensorTask(
      ModelSignature signature, List<OipTensor> inputs, int[] rowCounts, List<Integer> wanted) {
    this.signature = signature;
    this.inputs = inputs;
    this.rowCounts = rowCounts;
    this.wanted = wanted;
    this.denseWeight = weightOf(inputs, rowCounts.length);
    this.rowWeight = rowWeight(signature, inputs);
    this.outputs = new TensorOutput[signature.outputs().size()];
  }

  /**
   * Makes room for the answer.
   *
   * @throws ReasonException {@code REQUEST_TOO_LARGE} if it would be too large; {@code
   *     TENSORS_INVALID} if features are not finite
   */
  void begin() {
    if (signature.isOfDirections()) {
      requireFiniteFeatures();
    }
    for (int output : wanted) {
      outputs[output] =
          new TensorOutput(
              signature.outputs().get(output), signature.isBatched() ? rowCounts.length : 0);
    }
  }

  /** No direction comes of an event that is none. */
  private void requireFiniteFeatures() {
    var features = inputs.get(DirectionTask.FEATURES);
    int columns = (int) features.dim(2);
    for (int item = 0; item < rowCounts.length; item++) {
      int first = item * features.itemElementCount();
      for (int index = 0; index < rowCounts[item] * columns; index++) {
        float value = features.number(first + index);
        if (!Float.isFinite(value)) {
          throw new ReasonException(
              Reason.REASON_TENSORS_INVALID,
              "inputs[%s]: %s in row %d, column %d of item %d (expected: finite)"
                  .formatted(features.name(), value, index / columns, index % columns, item));
        }
      }
    }
  }

  /** Adds the wanted outputs to {@code response}. */
  void addOutputs(ModelInferResponse.Builder response) {
    for (int output : wanted) {
      var made = outputs[output];
      if (made == null) {
        throw new IllegalStateException("output: " + output + " (expected: begun before)");
      }
      made.addTo(response);
    }
  }

  @Override
  public int itemCount() {
    return rowCounts.length;
  }

  @Override
  public int rowCount(int item) {
    return rowCounts[item];
  }

  @Override
  public int weight(int item) {
    if (!signature.isRagged()) {
      return denseWeight;
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1L, (long) rowCounts[item] * rowWeight));
  }

  private static int weightOf(List<OipTensor> inputs, int itemCount) {
    long bytes = 0;
    for (var input : inputs) {
      bytes += (long) input.elementCount() * input.datatype().sizeBytes();
    }
    return (int) Math.max(1, bytes / itemCount / ROW_BYTES);
  }

  /** What one row of all ragged inputs weighs. */
  private static int rowWeight(ModelSignature signature, List<OipTensor> inputs) {
    long bytes = 0;
    for (int input = 0; input < inputs.size(); input++) {
      var tensor = inputs.get(input);
      int raggedAxis = signature.inputs().get(input).raggedAxis();
      if (raggedAxis != TensorSpec.NOT_RAGGED && tensor.dim(raggedAxis) > 0) {
        bytes += tensor.itemElementCount() / tensor.dim(raggedAxis) * tensor.datatype().sizeBytes();
      }
    }
    return (int) Math.max(1, bytes / ROW_BYTES);
  }

  @Override
  public int companyLimit() {
    return signature.isRagged() ? MicroBatches.ITEM_COUNT_MAX : MicroBatches.DENSE_ITEM_COUNT_MAX;
  }

  @Override
  public boolean fits(InferenceTask other) {
    // Of another kind: both are of a direction model, whose shapes differ in the rows alone.
    return !(other instanceof TensorTask tensors)
        || (signature.isBatched() && hasShapesOf(tensors));
  }

  private boolean hasShapesOf(TensorTask other) {
    for (int input = 0; input < inputs.size(); input++) {
      var mine = inputs.get(input);
      int raggedAxis = signature.inputs().get(input).raggedAxis();
      for (int axis = 1; axis < mine.rank(); axis++) {
        if (axis != raggedAxis && mine.dim(axis) != other.inputs.get(input).dim(axis)) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public long dim(int input, int axis) {
    return inputs.get(input).dim(axis);
  }

  @Override
  public void writeInput(int input, int item, ByteBuffer target) {
    var tensor = inputs.get(input);
    if (!signature.isBatched()) {
      tensor.write(0, tensor.elementCount(), target);
      return;
    }
    int size = tensor.itemElementCount();
    int raggedAxis = signature.inputs().get(input).raggedAxis();
    if (raggedAxis == TensorSpec.NOT_RAGGED) {
      tensor.write(item * size, size, target);
      return;
    }
    int before = 1;
    for (int axis = 1; axis < raggedAxis; axis++) {
      before *= (int) tensor.dim(axis);
    }
    int stride = size / before;
    int kept = (int) (stride / tensor.dim(raggedAxis)) * rowCounts[item];
    for (int block = 0; block < before; block++) {
      tensor.write(item * size + block * stride, kept, target);
    }
  }

  @Override
  public boolean wantsOutput(int output, int item, long[] dims) {
    var wantedOutput = outputs[output];
    if (wantedOutput == null) {
      return false;
    }
    wantedOutput.requireFew(dims);
    return true;
  }

  @Override
  public void readOutput(int output, int item, long[] dims, ByteBuffer source) {
    var wantedOutput = outputs[output];
    if (wantedOutput != null) {
      wantedOutput.take(item, dims, source);
    }
  }
}
