// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One output of an answer, gathered item by item.
 *
 * <p>Items of one shape stand where they belong at once. If the signature leaves a length open,
 * items are kept apart until all are there and then padded with zeros to the longest. Several
 * workers may give different items at once.
 */
final class TensorOutput {
  /** The largest answer of one output, bytes. */
  static final long BYTES_MAX = 64L << 20;

  private final TensorSpec spec;
  private final int itemCount;
  private final boolean isFixed;
  private final int itemBytes;
  private final byte[] all;
  private final @Nullable Item[] items;

  /** An item on its own. */
  private static final class Item {
    final long[] dims;
    final byte[] bytes;

    Item(long[] dims, byte[] bytes) {
      this.dims = dims;
      this.bytes = bytes;
    }
  }

  /**
   * @param itemCount of the request; 0 if the model has no batch axis
   * @throws ReasonException {@code REQUEST_TOO_LARGE} if it would exceed {@value #BYTES_MAX} bytes
   */
  TensorOutput(TensorSpec spec, int itemCount) {
    this.spec = spec;
    this.itemCount = itemCount;
    this.isFixed = itemCount > 0 && spec.isFixedItem();
    long size = isFixed ? Math.multiplyExact(spec.itemBytes(), itemCount) : 0;
    requireFew(size);
    this.itemBytes = isFixed ? (int) size / itemCount : 0;
    this.all = new byte[(int) size];
    this.items = isFixed ? new Item[0] : new Item[Math.max(1, itemCount)];
  }

  private void requireFew(long size) {
    if (size > BYTES_MAX) {
      throw new ReasonException(
          Reason.REASON_REQUEST_TOO_LARGE,
          "outputs[%s]: %d bytes (expected: at most %d); send fewer items a request"
              .formatted(spec.name(), size, BYTES_MAX));
    }
  }

  /** Takes item {@code item} of a run whose whole output has the shape {@code dims}. */
  void take(int item, long[] dims, ByteBuffer source) {
    if (isFixed) {
      source.get(all, item * itemBytes, itemBytes);
      return;
    }
    requireFew(dims);
    long[] own = itemDims(dims);
    byte[] copy = new byte[(int) spec.datatype().sizeBytes(own)];
    source.get(copy);
    items[item] = new Item(own, copy);
  }

  /**
   * Checks that an item of a run whose whole output has the shape {@code dims} may be taken.
   *
   * @throws ReasonException {@code REQUEST_TOO_LARGE} if all items, padded to this one, would
   *     exceed {@value #BYTES_MAX} bytes
   */
  void requireFew(long[] dims) {
    requireFew(paddedBytes(itemDims(dims)));
  }

  private long[] itemDims(long[] dims) {
    return itemCount == 0 ? dims.clone() : Arrays.copyOfRange(dims, 1, dims.length);
  }

  /** Bytes of all items, each of the shape {@code itemDims}. */
  private long paddedBytes(long[] itemDims) {
    try {
      return Math.multiplyExact(spec.datatype().sizeBytes(itemDims), items.length);
    } catch (ArithmeticException e) {
      // Items long along different axes; none need be that large itself.
      return Long.MAX_VALUE;
    }
  }

  /** Adds the whole to {@code response}. */
  void addTo(ModelInferResponse.Builder response) {
    if (isFixed) {
      long[] shape = spec.dims().stream().mapToLong(Long::longValue).toArray();
      shape[0] = itemCount;
      OipOutputs.add(response, spec.name(), spec.datatype(), shape, all);
      return;
    }
    long[] largest = largest();
    long size = paddedBytes(largest);
    requireFew(size);
    byte[] padded = new byte[(int) size];
    for (int item = 0; item < items.length; item++) {
      var there = items[item];
      if (there != null) {
        int at = (int) (size / items.length) * item;
        pad(there, largest, 0, ByteBuffer.wrap(there.bytes), padded, at);
      }
    }
    long[] shape = largest;
    if (itemCount > 0) {
      shape = new long[largest.length + 1];
      shape[0] = itemCount;
      System.arraycopy(largest, 0, shape, 1, largest.length);
    }
    OipOutputs.add(response, spec.name(), spec.datatype(), shape, padded);
  }

  /** The longest of each axis that is open; 0 where no item has said anything. */
  private long[] largest() {
    int first = itemCount > 0 ? 1 : 0;
    long[] largest = new long[spec.dims().size() - first];
    for (int axis = 0; axis < largest.length; axis++) {
      largest[axis] = Math.max(0, spec.dims().get(first + axis));
    }
    for (Item item : items) {
      for (int axis = 0; item != null && axis < largest.length; axis++) {
        largest[axis] = Math.max(largest[axis], item.dims[axis]);
      }
    }
    return largest;
  }

  /** Copies axis {@code axis} and those within it to {@code at}; what is longer stays zero. */
  private void pad(Item item, long[] largest, int axis, ByteBuffer source, byte[] padded, int at) {
    int stride = spec.datatype().sizeBytes();
    boolean isWithoutGaps = true;
    for (int within = axis + 1; within < largest.length; within++) {
      stride *= (int) largest[within];
      isWithoutGaps &= item.dims[within] == largest[within];
    }
    int count = axis < item.dims.length ? (int) item.dims[axis] : 1;
    if (isWithoutGaps) {
      source.get(padded, at, count * stride);
      return;
    }
    for (int index = 0; index < count; index++) {
      pad(item, largest, axis + 1, source, padded, at + index * stride);
    }
  }
}
