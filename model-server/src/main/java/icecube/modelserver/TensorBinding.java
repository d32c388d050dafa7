// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.FormatMethod;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fitting of a stranger's tensors to a model's signature: names, types and shapes agree, and
 * padding is cut off where the model says how long its items are.
 *
 * <p>Whatever does not fit is a {@link ReasonException} that names value and expectation. It looks
 * at shapes, and at elements only of what holds the lengths; no tensor is copied. Immutable and
 * thread-safe.
 */
final class TensorBinding {
  private final ModelSignature signature;
  private final int rowCountMax;
  private final int itemsMax;

  /** That of a model of {@code signature}, for requests of at most {@code itemsMax} items. */
  TensorBinding(ModelSignature signature, int rowCountMax, int itemsMax) {
    this.signature = signature;
    this.rowCountMax = rowCountMax;
    this.itemsMax = itemsMax;
  }

  /**
   * What {@code tensors} ask of the model.
   *
   * @param wanted names of the outputs to answer with, in this order; none for all
   * @throws ReasonException {@code TENSORS_INVALID}, {@code REQUEST_EMPTY} or {@code
   *     REQUEST_TOO_LARGE}
   */
  TensorTask bind(Map<String, OipTensor> tensors, Set<String> wanted) {
    var inputs = new ArrayList<OipTensor>();
    for (var spec : signature.inputs()) {
      var tensor = tensors.get(spec.name());
      if (tensor == null || tensors.size() != signature.inputs().size()) {
        throw invalid(
            "inputs: %s (expected: %s)",
            tensors.keySet().stream().map(OipText::quote).toList(), signature.inputNames());
      }
      requireType(tensor, spec);
      inputs.add(tensor);
    }
    var outputs = outputs(wanted);
    requireNoEmptyAxis(inputs);
    if (!signature.isBatched()) {
      return new TensorTask(signature, inputs, new int[] {1}, outputs);
    }
    int itemCount = itemCount(inputs);
    return new TensorTask(signature, inputs, rowCounts(inputs, itemCount), outputs);
  }

  private static void requireType(OipTensor tensor, TensorSpec spec) {
    if (tensor.datatype() != spec.datatype()) {
      throw invalid(
          "inputs[%s].datatype: %s (expected: %s)",
          spec.name(), tensor.datatype(), spec.datatype());
    }
    boolean fits = tensor.rank() == spec.dims().size();
    for (int axis = 0; fits && axis < tensor.rank(); axis++) {
      long wanted = spec.dims().get(axis);
      fits = wanted == TensorSpec.ANY || wanted == tensor.dim(axis);
    }
    if (!fits) {
      throw invalid(
          "inputs[%s].shape: %s (expected: %s)", spec.name(), tensor.shapeText(), spec.dims());
    }
  }

  private int itemCount(List<OipTensor> inputs) {
    var first = inputs.get(0);
    for (var tensor : inputs) {
      if (tensor.dim(0) != first.dim(0)) {
        throw invalid(
            "inputs[%s].shape: %s (expected: %d items, as many as %s)",
            tensor.name(), tensor.shapeText(), first.dim(0), first.name());
      }
    }
    long itemCount = first.dim(0);
    if (itemCount == 0) {
      throw new ReasonException(
          Reason.REASON_REQUEST_EMPTY,
          "inputs[%s].shape: %s (expected: 1..%d items)"
              .formatted(first.name(), first.shapeText(), itemsMax));
    }
    if (itemCount > itemsMax) {
      throw new ReasonException(
          Reason.REASON_REQUEST_TOO_LARGE,
          "inputs[%s].shape: %s (expected: 1..%d items); send several requests"
              .formatted(first.name(), first.shapeText(), itemsMax));
    }
    return (int) itemCount;
  }

  private void requireNoEmptyAxis(List<OipTensor> inputs) {
    for (int input = 0; input < inputs.size(); input++) {
      for (int axis = signature.isBatched() ? 1 : 0; axis < inputs.get(input).rank(); axis++) {
        boolean isRagged = axis == signature.inputs().get(input).raggedAxis();
        if (inputs.get(input).dim(axis) == 0 && !isRagged) {
          throw invalid(
              "inputs[%s].shape: %s (expected: no axis of length 0)",
              inputs.get(input).name(), inputs.get(input).shapeText());
        }
      }
    }
  }

  private int[] rowCounts(List<OipTensor> inputs, int itemCount) {
    int[] rowCounts = new int[itemCount];
    if (!signature.isRagged()) {
      Arrays.fill(rowCounts, 1);
      return rowCounts;
    }
    int padded = padded(inputs);
    for (int item = 0; item < itemCount; item++) {
      rowCounts[item] =
          signature.lengths() == ModelSignature.NONE
              ? unmasked(inputs.get(signature.mask()), item, padded)
              : length(inputs.get(signature.lengths()), item, padded);
    }
    return rowCounts;
  }

  /** Length of the ragged axis, padding included: the same in every ragged input. */
  private int padded(List<OipTensor> inputs) {
    String of = "";
    long padded = -1;
    for (int input = 0; input < inputs.size(); input++) {
      var spec = signature.inputs().get(input);
      if (spec.isRagged()) {
        long length = inputs.get(input).dim(spec.raggedAxis());
        if (padded >= 0 && length != padded) {
          throw invalid(
              "inputs[%s].shape: %s (expected: %d on axis %d, as %s)",
              spec.name(), inputs.get(input).shapeText(), padded, spec.raggedAxis(), of);
        }
        padded = length;
        of = spec.name();
      }
    }
    return (int) padded;
  }

  private int length(OipTensor lengths, int item, int padded) {
    long length = lengths.integer(item);
    if (length < 0 || length > Math.min(padded, rowCountMax)) {
      throw invalid(
          "inputs[%s][%d]: %d (expected: 0..%d, rows that are there and the model reads)",
          lengths.name(), item, length, Math.min(padded, rowCountMax));
    }
    return (int) length;
  }

  /** Rows up to the last that counts. */
  private int unmasked(OipTensor mask, int item, int padded) {
    int rows = padded;
    while (rows > 0 && !mask.isSet(item * padded + rows - 1)) {
      rows--;
    }
    if (rows > rowCountMax) {
      throw invalid(
          "inputs[%s][%d]: %d rows (expected: 0..%d, as the model reads)",
          mask.name(), item, rows, rowCountMax);
    }
    return rows;
  }

  /** Numbers of the outputs to answer with. */
  private List<Integer> outputs(Set<String> wanted) {
    var all = signature.outputNames();
    for (String name : wanted) {
      if (!all.contains(name)) {
        throw invalid("outputs[%s]: unknown (expected: one of %s)", OipText.quote(name), all);
      }
    }
    return (wanted.isEmpty() ? all : List.copyOf(wanted)).stream().map(all::indexOf).toList();
  }

  @FormatMethod
  private static ReasonException invalid(String format, Object... arguments) {
    return new ReasonException(Reason.REASON_TENSORS_INVALID, format.formatted(arguments));
  }
}
