// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The direct buffer of one input or output and the tensors over it, used again and again: a tensor
 * over a direct buffer copies nothing.
 *
 * <p>The buffer grows to what is asked of it and stays so. Where items are of one shape, a tensor
 * is made once for each number of items; else one lives for one run. Owns its tensors; the buffer
 * is the garbage collector's. Confined to one worker at a time.
 */
final class TensorSlot implements AutoCloseable {
  private static final int BYTES_FIRST = 4_096;

  private final OrtEnvironment environment;
  private final TensorSpec spec;
  private final OnnxJavaType type;
  private final boolean isKept;
  private final @Nullable OnnxTensor[] kept;
  private @Nullable OnnxTensor current;
  private ByteBuffer bytes = direct(BYTES_FIRST);

  /**
   * @param isBatched whether axis 0 counts items
   */
  TensorSlot(OrtEnvironment environment, TensorSpec spec, boolean isBatched) {
    this.environment = environment;
    this.spec = spec;
    this.type = OnnxSignature.javaType(spec.datatype());
    this.isKept = isBatched && spec.isFixedItem();
    this.kept = new OnnxTensor[isKept ? MicroBatches.ITEM_COUNT_LIMIT + 1 : 0];
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  TensorSpec spec() {
    return spec;
  }

  /** The buffer, empty, with room for {@code size} bytes. */
  ByteBuffer room(long size) {
    if (size > bytes.capacity()) {
      close();
      // Doubled, so that growing ends soon; what is too much for a buffer the JVM refuses.
      bytes = direct(Math.toIntExact(Math.max(size, Math.min(2L * bytes.capacity(), 1 << 30))));
    }
    return bytes.clear();
  }

  /** The buffer with the first {@code size} bytes to be read. */
  ByteBuffer written(int size) {
    return bytes.clear().limit(size);
  }

  /** The buffer as a tensor of {@code shape}, whose room was made before; not the caller's. */
  OnnxTensor tensor(long[] shape) throws OrtException {
    if (!isKept) {
      dropCurrent();
      var made = make(shape);
      current = made;
      return made;
    }
    int items = (int) shape[0];
    var there = kept[items];
    if (there == null) {
      there = make(shape);
      kept[items] = there;
    }
    return there;
  }

  private OnnxTensor make(long[] shape) throws OrtException {
    int size = Math.toIntExact(spec.datatype().sizeBytes(shape));
    return OnnxTensor.createTensor(environment, bytes.clear().limit(size), shape, type);
  }

  /** Frees the tensor of the last run, if it was for that run alone. */
  void dropCurrent() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  @Override
  public void close() {
    dropCurrent();
    for (int items = 0; items < kept.length; items++) {
      var tensor = kept[items];
      if (tensor != null) {
        tensor.close();
        kept[items] = null;
      }
    }
  }
}
