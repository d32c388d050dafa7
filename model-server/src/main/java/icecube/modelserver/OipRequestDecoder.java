// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.ByteString;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The reading of a {@code ModelInferRequest}: from bytes of strangers to tensors whose type, shape
 * and elements agree.
 *
 * <p>Whatever is wrong is a {@link ReasonException} that names value and expectation: {@code
 * TENSORS_INVALID}, or {@code UNSUPPORTED} for what the protocol allows and this server lacks.
 * Cheap: it looks at counts and lengths, and at elements only where a type is narrower than what
 * carries it. Stateless and thread-safe.
 */
final class OipRequestDecoder {
  /** The most inputs, and the most wanted outputs, of one request. */
  static final int TENSOR_COUNT_MAX = 64;

  /** The most axes of one tensor. */
  static final int RANK_MAX = 8;

  private static final String SHARED_MEMORY = "shared_memory_";

  private OipRequestDecoder() {}

  /**
   * The input tensors of {@code request}, by name, in its order.
   *
   * @throws ReasonException if anything about them is wrong
   */
  static Map<String, OipTensor> inputs(ModelInferRequest request) {
    int count = request.getInputsCount();
    if (count < 1 || count > TENSOR_COUNT_MAX) {
      throw invalid("inputs: %d (expected: 1..%d)", count, TENSOR_COUNT_MAX);
    }
    // Before the count of raw contents: an input in shared memory has none.
    request.getInputsList().forEach(OipRequestDecoder::requireNoSharedMemory);
    int rawCount = request.getRawInputContentsCount();
    if (rawCount != 0 && rawCount != count) {
      throw invalid(
          "raw_input_contents: %d (expected: %d, one for each input, or none)", rawCount, count);
    }
    var tensors = new LinkedHashMap<String, OipTensor>();
    for (int index = 0; index < count; index++) {
      var input = request.getInputs(index);
      var tensor = rawCount == 0 ? typed(input) : raw(input, request.getRawInputContents(index));
      if (tensors.put(input.getName(), tensor) != null) {
        throw invalid("%s: twice (expected: each input once)", label(input));
      }
    }
    return tensors;
  }

  /**
   * The names of the outputs that {@code request} wants, in its order; none means all.
   *
   * @throws ReasonException if there are too many, one stands twice, or is wanted in a way that is
   *     not supported
   */
  static Set<String> outputs(ModelInferRequest request) {
    int count = request.getOutputsCount();
    if (count > TENSOR_COUNT_MAX) {
      throw invalid("outputs: %d (expected: at most %d)", count, TENSOR_COUNT_MAX);
    }
    Set<String> names = new LinkedHashSet<>();
    for (var output : request.getOutputsList()) {
      String label = "outputs[" + OipText.quote(output.getName()) + "]";
      if (!names.add(output.getName())) {
        throw invalid("%s: twice (expected: each output once)", label);
      }
      for (String parameter : output.getParametersMap().keySet()) {
        requireNoSharedMemory(label, parameter);
        if (parameter.equals("classification")) {
          throw unsupported("%s.parameters[classification]: set (expected: none)", label);
        }
      }
    }
    return names;
  }

  private static OipTensor raw(InferInputTensor input, ByteString bytes) {
    if (input.hasContents()) {
      throw invalid(
          "%s.contents: set beside raw_input_contents (expected: only one of them)", label(input));
    }
    var datatype = datatype(input);
    long[] shape = shape(input);
    int count = elementCount(input, shape);
    if (datatype == OipDatatype.BYTES) {
      requireStrings(input, bytes, count);
    } else {
      long wanted = (long) count * datatype.sizeBytes();
      if (bytes.size() != wanted) {
        throw invalid(
            "%s: %d bytes in raw_input_contents (expected: %d, %d elements of %s)",
            label(input), bytes.size(), wanted, count, datatype);
      }
    }
    if (datatype == OipDatatype.BOOL) {
      requireBooleans(input, bytes);
    }
    return OipTensor.raw(input.getName(), datatype, shape, count, bytes);
  }

  private static OipTensor typed(InferInputTensor input) {
    var datatype = datatype(input);
    long[] shape = shape(input);
    int count = elementCount(input, shape);
    var contents = input.getContents();
    int there = OipContents.countOf(datatype, contents);
    if (there < 0) {
      throw invalid(
          "%s: %s without raw_input_contents (expected: raw, as it has no list in contents)",
          label(input), datatype);
    }
    if (there != count) {
      throw invalid(
          "%s: %d elements of %s in contents (expected: %d)", label(input), there, datatype, count);
    }
    int all = OipContents.countOfAll(contents);
    if (all != there) {
      throw invalid(
          "%s: %d elements in lists of other types (expected: only those of %s)",
          label(input), all - there, datatype);
    }
    requireInRange(input, datatype, contents);
    return OipTensor.typed(input.getName(), datatype, shape, count, contents);
  }

  private static OipDatatype datatype(InferInputTensor input) {
    return OipDatatype.named(input.getDatatype())
        .orElseThrow(
            () ->
                invalid(
                    "%s.datatype: %s (expected: BOOL, UINT8..UINT64, INT8..INT64, FP16, BF16, FP32,"
                        + " FP64 or BYTES)",
                    label(input), OipText.quote(input.getDatatype())));
  }

  private static long[] shape(InferInputTensor input) {
    int rank = input.getShapeCount();
    if (rank > RANK_MAX) {
      throw invalid("%s.shape: %d axes (expected: at most %d)", label(input), rank, RANK_MAX);
    }
    long[] shape = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = input.getShape(axis);
    }
    return shape;
  }

  private static int elementCount(InferInputTensor input, long[] shape) {
    long count = 1;
    for (long dim : shape) {
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw invalid(
            "%s.shape: %d in %s (expected: 0..%d)",
            label(input), dim, input.getShapeList(), Integer.MAX_VALUE);
      }
      count *= dim;
      // Each factor is below 2^31, so the product of two cannot overflow before it is looked at.
      if (count > Integer.MAX_VALUE) {
        throw invalid(
            "%s.shape: %s (expected: at most %d elements)",
            label(input), input.getShapeList(), Integer.MAX_VALUE);
      }
    }
    return (int) count;
  }

  private static void requireStrings(InferInputTensor input, ByteString bytes, int count) {
    int at = 0;
    for (int element = 0; element < count; element++) {
      int left = bytes.size() - at;
      if (left < Integer.BYTES) {
        throw invalid(
            "%s: element %d of %d begins %d bytes before the end (expected: a length of 4 bytes)",
            label(input), element, count, left);
      }
      long length = OipContents.uint32(bytes, at);
      if (length > left - Integer.BYTES) {
        throw invalid(
            "%s: element %d says %d bytes (expected: at most %d, what is left)",
            label(input), element, length, left - Integer.BYTES);
      }
      at += Integer.BYTES + (int) length;
    }
    if (at != bytes.size()) {
      throw invalid(
          "%s: %d bytes after element %d (expected: none)",
          label(input), bytes.size() - at, count - 1);
    }
  }

  private static void requireBooleans(InferInputTensor input, ByteString bytes) {
    for (int index = 0; index < bytes.size(); index++) {
      int value = bytes.byteAt(index);
      if (value != 0 && value != 1) {
        throw invalid(
            "%s: byte %d of element %d (expected: 0 or 1)", label(input), value & 0xff, index);
      }
    }
  }

  private static void requireInRange(
      InferInputTensor input, OipDatatype datatype, InferTensorContents contents) {
    boolean signed = datatype == OipDatatype.INT8 || datatype == OipDatatype.INT16;
    boolean unsigned = datatype == OipDatatype.UINT8 || datatype == OipDatatype.UINT16;
    if (!signed && !unsigned) {
      return;
    }
    int bits = 8 * datatype.sizeBytes();
    long min = signed ? -(1L << (bits - 1)) : 0;
    long max = signed ? (1L << (bits - 1)) - 1 : (1L << bits) - 1;
    int count = OipContents.countOf(datatype, contents);
    for (int index = 0; index < count; index++) {
      long value =
          signed
              ? contents.getIntContents(index)
              : Integer.toUnsignedLong(contents.getUintContents(index));
      if (value < min || value > max) {
        throw invalid(
            "%s: %d at element %d (expected: %d..%d, as %s)",
            label(input), value, index, min, max, datatype);
      }
    }
  }

  private static void requireNoSharedMemory(InferInputTensor input) {
    for (String parameter : input.getParametersMap().keySet()) {
      requireNoSharedMemory(label(input), parameter);
    }
  }

  private static void requireNoSharedMemory(String label, String parameter) {
    if (parameter.startsWith(SHARED_MEMORY)) {
      throw unsupported(
          "%s.parameters[%s]: set (expected: tensors inside the request; shared memory is not"
              + " supported)",
          label, OipText.quote(parameter));
    }
  }

  private static String label(InferInputTensor input) {
    return "inputs[" + OipText.quote(input.getName()) + "]";
  }

  @FormatMethod
  private static ReasonException invalid(String format, Object... arguments) {
    return new ReasonException(Reason.REASON_TENSORS_INVALID, format.formatted(arguments));
  }

  @FormatMethod
  private static ReasonException unsupported(String format, Object... arguments) {
    return new ReasonException(Reason.REASON_UNSUPPORTED, format.formatted(arguments));
  }
}
