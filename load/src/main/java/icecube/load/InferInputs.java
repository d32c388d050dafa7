// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import inference.ModelInferRequest;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Random inputs for a model of the Open Inference Protocol, made from the signature it states.
 *
 * <p>The first axis, if variable, is the items'. A further variable axis has the drawn length: if
 * an input tells the model how long each item is (an integer input called {@code lengths}, or one
 * called {@code mask}), items are padded to the longest of their request; else all items of a
 * request are equally long. Values: {@link Datatype#putRandom}. Immutable.
 */
final class InferInputs {
  /** The most bytes of one request, as much as our servers take and most others. */
  static final long REQUEST_BYTES_MAX = 64L << 20;

  private final List<Input> inputs;
  private final RequestShape shape;
  private final boolean padded;

  private InferInputs(List<Input> inputs, RequestShape shape) {
    this.inputs = inputs;
    this.shape = shape;
    this.padded = inputs.stream().anyMatch(input -> input.role() != Role.VALUES);
  }

  /** What an input is for. */
  private enum Role {
    VALUES,
    LENGTHS,
    MASK
  }

  private record Input(String name, Datatype type, List<Long> shape, Role role) {}

  /**
   * The inputs that the model's metadata ask for.
   *
   * @throws LoadException if requests of this shape cannot be made for it
   */
  static InferInputs of(ModelMetadataResponse metadata, RequestShape shape) {
    var inputs = new ArrayList<Input>();
    for (TensorMetadata tensor : metadata.getInputsList()) {
      var dims = shape.fixedShapes().getOrDefault(tensor.getName(), tensor.getShapeList());
      var type = Datatype.named(tensor.getDatatype(), tensor.getName());
      var input = new Input(tensor.getName(), type, dims, role(tensor, type, shape));
      requireItems(input, shape);
      inputs.add(input);
    }
    if (inputs.isEmpty()) {
      throw new LoadException(
          "model: " + metadata.getName() + " states no inputs (expected: at least 1)");
    }
    requireKnown(shape, inputs);
    return new InferInputs(List.copyOf(inputs), shape);
  }

  private static Role role(TensorMetadata tensor, Datatype type, RequestShape shape) {
    if (tensor.getName().equals(shape.lengthsInput())) {
      return Role.LENGTHS;
    }
    String name = tensor.getName().toLowerCase(Locale.ROOT);
    boolean integer = type.name().contains("INT");
    if (shape.lengthsInput().isEmpty() && integer && name.endsWith("lengths")) {
      return Role.LENGTHS;
    }
    return name.endsWith("mask") && tensor.getShapeCount() == 2 ? Role.MASK : Role.VALUES;
  }

  private static void requireItems(Input input, RequestShape shape) {
    boolean fixedFirst = input.shape().isEmpty() || input.shape().get(0) >= 0;
    boolean given = shape.fixedShapes().containsKey(input.name());
    if (fixedFirst && !given && shape.itemCount() > 1) {
      throw new LoadException(
          "items: %d (expected: 1, as input %s has shape %s and no variable first axis)"
              .formatted(shape.itemCount(), input.name(), input.shape()));
    }
  }

  private static void requireKnown(RequestShape shape, List<Input> inputs) {
    var names = inputs.stream().map(Input::name).toList();
    if (!shape.lengthsInput().isEmpty() && !names.contains(shape.lengthsInput())) {
      throw new LoadException(
          "lengths-input: %s (expected: one of %s)".formatted(shape.lengthsInput(), names));
    }
    for (String name : shape.fixedShapes().keySet()) {
      if (!names.contains(name)) {
        throw new LoadException("shape: %s (expected: one of %s)".formatted(name, names));
      }
    }
  }

  /** Lengths of the items of the next request. */
  int[] drawRows(SplittableRandom random) {
    int[] rows = shape.drawRows(random);
    if (!padded) {
      Arrays.fill(rows, rows[0]);
    }
    return rows;
  }

  /** A request for the model with items of these lengths, without an id. */
  ModelInferRequest draw(String model, String version, int[] rows, SplittableRandom random) {
    int longest = Arrays.stream(rows).max().orElseThrow();
    var request = ModelInferRequest.newBuilder().setModelName(model).setModelVersion(version);
    for (Input input : inputs) {
      long[] dims = dims(input, rows.length, longest);
      var tensor = request.addInputsBuilder().setName(input.name());
      tensor.setDatatype(input.type().name());
      for (long dim : dims) {
        tensor.addShape(dim);
      }
      request.addRawInputContents(bytes(input, dims, rows, random));
    }
    return request.build();
  }

  private static long[] dims(Input input, int items, int longest) {
    long[] dims = new long[input.shape().size()];
    for (int axis = 0; axis < dims.length; axis++) {
      long dim = input.shape().get(axis);
      dims[axis] = dim >= 0 ? dim : axis == 0 ? items : longest;
    }
    return dims;
  }

  private ByteString bytes(Input input, long[] dims, int[] rows, SplittableRandom random) {
    long count = 1;
    for (long dim : dims) {
      count = Math.multiplyExact(count, dim);
    }
    if (count * input.type().size() > REQUEST_BYTES_MAX) {
      throw new LoadException(
          "input: %s of %,d values is too large (expected: at most %,d bytes); ask for fewer items"
              .formatted(input.name(), count, REQUEST_BYTES_MAX));
    }
    byte[] bytes = new byte[Math.toIntExact(count * input.type().size())];
    var target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // Values of one step along axis 1, and steps of one item.
    int steps = dims.length > 1 ? Math.toIntExact(dims[1]) : 1;
    int stepValues =
        dims.length > 0 && dims[0] > 0 ? (int) (count / dims[0] / Math.max(1, steps)) : 1;
    boolean raggedAxis = padded && dims.length > 1 && input.shape().get(1) < 0;
    for (int value = 0; value < count; value++) {
      int item = value / Math.max(1, stepValues * steps);
      int step = value / Math.max(1, stepValues) % Math.max(1, steps);
      boolean within = !raggedAxis || step < rows[Math.min(item, rows.length - 1)];
      switch (input.role()) {
        case LENGTHS -> input.type().putNumber(target, rows[Math.min(item, rows.length - 1)]);
        case MASK -> input.type().putNumber(target, within ? 1 : 0);
        case VALUES -> {
          if (within || input.type() == Datatype.BYTES) {
            input.type().putRandom(target, random);
          } else {
            target.position(target.position() + input.type().size());
          }
        }
      }
    }
    // Safe: nobody else holds the array.
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
