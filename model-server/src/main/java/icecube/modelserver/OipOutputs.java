// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.UnsafeByteOperations;
import inference.ModelInferResponse;
import java.util.Arrays;

/**
 * The writing of tensors into an answer.
 *
 * <p>Answers travel raw and never in typed lists: some clients read only raw ones, and raw is the
 * cheaper by an order of magnitude. Stateless and thread-safe.
 */
final class OipOutputs {
  private OipOutputs() {}

  /**
   * Adds one tensor to {@code response}.
   *
   * @param shape with the batch axis
   * @param bytes its elements as they travel, little-endian and row-major; not copied, so nobody
   *     may touch them again
   * @throws IllegalArgumentException if there are more or fewer bytes than the shape says
   */
  static void add(
      ModelInferResponse.Builder response,
      String name,
      OipDatatype datatype,
      long[] shape,
      byte[] bytes) {
    requireSize(name, datatype, shape, bytes.length);
    var output = response.addOutputsBuilder().setName(name).setDatatype(datatype.name());
    for (long dim : shape) {
      output.addShape(dim);
    }
    response.addRawOutputContents(UnsafeByteOperations.unsafeWrap(bytes));
  }

  private static void requireSize(String name, OipDatatype datatype, long[] shape, int there) {
    long wanted = datatype.sizeBytes(shape);
    if (there != wanted) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: %d, %s of %s)"
              .formatted(name, there, wanted, Arrays.toString(shape), datatype));
    }
  }
}
