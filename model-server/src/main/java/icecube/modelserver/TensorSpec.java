// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What one input or output of a model looks like. Immutable and thread-safe.
 *
 * @param name as the graph calls it
 * @param datatype of its elements
 * @param dims length of each axis, {@value #ANY} for one that may be of any length; axis 0 is the
 *     batch
 * @param raggedAxis the axis along which items differ in length; {@value #NOT_RAGGED} for none
 */
record TensorSpec(String name, OipDatatype datatype, List<Long> dims, int raggedAxis) {
  /** The length of an axis that may be of any length. */
  static final long ANY = -1;

  /** The ragged axis of a tensor that has none. */
  static final int NOT_RAGGED = -1;

  TensorSpec {
    requireNonNull(datatype, "datatype");
    dims = List.copyOf(dims);
    if (requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("name: \"\" (expected: a tensor's name)");
    }
    for (long dim : dims) {
      if (dim < ANY) {
        throw new IllegalArgumentException(
            "dims: %s of %s (expected: each >= %d)".formatted(dims, name, ANY));
      }
    }
    boolean isAxis = raggedAxis > 0 && raggedAxis < dims.size() && dims.get(raggedAxis) == ANY;
    if (raggedAxis != NOT_RAGGED && !isAxis) {
      throw new IllegalArgumentException(
          "ragged_axis: %d of %s%s (expected: %d, or an axis after the first whose length is %d)"
              .formatted(raggedAxis, name, dims, NOT_RAGGED, ANY));
    }
  }

  /** A tensor whose items are all of one shape. */
  static TensorSpec dense(String name, OipDatatype datatype, Long... dims) {
    return new TensorSpec(name, datatype, List.of(dims), NOT_RAGGED);
  }

  /** Whether every item has the same shape, whichever is asked. */
  boolean isFixedItem() {
    return !dims.subList(1, dims.size()).contains(ANY);
  }

  /** Bytes of one item, if {@link #isFixedItem}. */
  long itemBytes() {
    return datatype.sizeBytes(dims.stream().skip(1).mapToLong(Long::longValue).toArray());
  }

  /** The same with all items of one shape. */
  TensorSpec withoutRaggedAxis() {
    return isRagged() ? new TensorSpec(name, datatype, dims, NOT_RAGGED) : this;
  }

  /** For people: {@code features FP32[-1, -1, 6]}. */
  String text() {
    return name + " " + datatype + dims;
  }

  /** Whether items may differ in length along an axis. */
  boolean isRagged() {
    return raggedAxis != NOT_RAGGED;
  }
}
