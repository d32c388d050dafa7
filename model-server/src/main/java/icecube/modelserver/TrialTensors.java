// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Made-up items of a shape that a model reads, to see how it takes them. Stateless. */
final class TrialTensors {
  /** What an axis that may be of any length is tried with. */
  private static final int OPEN_LENGTH = 1;

  private TrialTensors() {}

  /**
   * One item for each of {@code seeds}, of {@code rows} rows that all count: zeros for seed 0, else
   * numbers between −1 and 1, and integers and booleans of 0 and 1, that differ with the seed.
   *
   * @throws PredictorException if they would be more than an answer may have bytes
   */
  static TensorTask of(ModelSignature signature, int rows, int... seeds) {
    int items = signature.isBatched() ? seeds.length : 1;
    var inputs = new ArrayList<OipTensor>();
    for (int input = 0; input < signature.inputs().size(); input++) {
      var spec = signature.inputs().get(input);
      long[] shape = shape(signature, spec, rows, items);
      long size = spec.datatype().sizeBytes();
      for (long dim : shape) {
        size = Math.multiplyExact(size, dim);
        if (size > TensorOutput.BYTES_MAX) {
          throw new PredictorException(
              "%s: more than %d bytes for a trial (expected: fewer); lower row_count_max"
                  .formatted(spec.text(), TensorOutput.BYTES_MAX));
        }
      }
      var bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
      int count = (int) size / spec.datatype().sizeBytes();
      for (int index = 0; index < count; index++) {
        int seed = seeds[items == 1 ? 0 : index / (count / items)];
        if (input == signature.lengths()) {
          put(spec.datatype(), rows, bytes);
        } else if (input == signature.mask()) {
          put(spec.datatype(), 1, bytes);
        } else {
          putMadeUp(spec.datatype(), seed, index % (count / items), bytes);
        }
      }
      var content = ByteString.copyFrom(bytes.flip());
      inputs.add(OipTensor.raw(spec.name(), spec.datatype(), shape, count, content));
    }
    int[] rowCounts = new int[items];
    Arrays.fill(rowCounts, signature.isRagged() ? rows : 1);
    var all = IntStream.range(0, signature.outputs().size()).boxed().toList();
    return new TensorTask(signature, List.copyOf(inputs), rowCounts, all);
  }

  private static long[] shape(ModelSignature signature, TensorSpec spec, int rows, int items) {
    long[] shape = spec.dims().stream().mapToLong(Long::longValue).toArray();
    for (int axis = 0; axis < shape.length; axis++) {
      if (axis == 0 && signature.isBatched()) {
        shape[axis] = items;
      } else if (axis == spec.raggedAxis()) {
        shape[axis] = rows;
      } else if (shape[axis] == TensorSpec.ANY) {
        shape[axis] = OPEN_LENGTH;
      }
    }
    return shape;
  }

  private static void putMadeUp(OipDatatype datatype, int seed, int index, ByteBuffer target) {
    double value = seed == 0 ? 0 : Math.sin(seed * 12.9898 + index * 78.233);
    switch (datatype) {
      case FP32 -> target.putFloat((float) value);
      case FP64 -> target.putDouble(value);
      default -> put(datatype, value > 0 ? 1 : 0, target);
    }
  }

  private static void put(OipDatatype datatype, int value, ByteBuffer target) {
    switch (datatype.sizeBytes()) {
      case 1 -> target.put((byte) value);
      case 2 -> target.putShort((short) value);
      case 4 -> target.putInt(value);
      default -> target.putLong(value);
    }
  }
}
