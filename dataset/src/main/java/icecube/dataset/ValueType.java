// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.util.Optional;
import org.apache.parquet.format.Type;

/** How a value is stored, of the types that a column of a data set may have. */
enum ValueType {
  BOOLEAN(0, true),
  INT32(Integer.BYTES, true),
  INT64(Long.BYTES, true),
  FLOAT(Float.BYTES, false),
  DOUBLE(Double.BYTES, false);

  private final int size;
  private final boolean whole;

  ValueType(int size, boolean whole) {
    this.size = size;
    this.whole = whole;
  }

  /** Bytes of one value; 0 for flags, which take a bit. */
  int size() {
    return size;
  }

  /** Whether values are whole numbers or flags. */
  boolean isWhole() {
    return whole;
  }

  static Optional<ValueType> of(Type type) {
    return switch (type) {
      case BOOLEAN -> Optional.of(BOOLEAN);
      case INT32 -> Optional.of(INT32);
      case INT64 -> Optional.of(INT64);
      case FLOAT -> Optional.of(FLOAT);
      case DOUBLE -> Optional.of(DOUBLE);
      case INT96, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> Optional.empty();
    };
  }
}
