// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import inference.DataType;
import java.util.Optional;

/** The element types of the Open Inference Protocol, by the names that travel. */
enum OipDatatype {
  BOOL(1, DataType.TYPE_BOOL),
  UINT8(1, DataType.TYPE_UINT8),
  UINT16(2, DataType.TYPE_UINT16),
  UINT32(4, DataType.TYPE_UINT32),
  UINT64(8, DataType.TYPE_UINT64),
  INT8(1, DataType.TYPE_INT8),
  INT16(2, DataType.TYPE_INT16),
  INT32(4, DataType.TYPE_INT32),
  INT64(8, DataType.TYPE_INT64),
  FP16(2, DataType.TYPE_FP16),
  BF16(2, DataType.TYPE_BF16),
  FP32(4, DataType.TYPE_FP32),
  FP64(8, DataType.TYPE_FP64),
  /** Bytes of any length: as a uint32 and then the bytes themselves. */
  BYTES(0, DataType.TYPE_STRING);

  private static final OipDatatype[] ALL = values();

  private final int sizeBytes;
  private final DataType inConfig;

  OipDatatype(int sizeBytes, DataType inConfig) {
    this.sizeBytes = sizeBytes;
    this.inConfig = inConfig;
  }

  /** The type of this name, upper case; empty if there is none. */
  static Optional<OipDatatype> named(String name) {
    for (OipDatatype type : ALL) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Bytes of one element; 0 for {@link #BYTES}, whose elements say their own. */
  int sizeBytes() {
    return sizeBytes;
  }

  /**
   * Bytes of a tensor of the shape {@code dims}; not for {@link #BYTES}.
   *
   * @throws ArithmeticException if they are more than a long can count
   */
  long sizeBytes(long[] dims) {
    long size = sizeBytes;
    for (long dim : dims) {
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }

  /** The same type as a model's configuration names it. */
  DataType inConfig() {
    return inConfig;
  }
}
