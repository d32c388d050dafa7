// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One input tensor of a request whose type, shape and elements were found to agree.
 *
 * <p>It reads from the request's own bytes and copies nothing until {@link #write}, which runs on a
 * worker. Immutable and thread-safe.
 */
final class OipTensor {
  /** Where the elements are taken from. */
  private sealed interface Elements permits Raw, Typed {
    void write(int from, int count, ByteBuffer target);

    long integer(int index);

    float number(int index);

    boolean isSet(int index);
  }

  private final String name;
  private final OipDatatype datatype;
  private final long[] shape;
  private final int elementCount;
  private final Elements elements;

  private OipTensor(
      String name, OipDatatype datatype, long[] shape, int elementCount, Elements elements) {
    this.name = name;
    this.datatype = datatype;
    this.shape = shape;
    this.elementCount = elementCount;
    this.elements = elements;
  }

  /** A tensor of little-endian elements without gaps, as they travel raw. */
  static OipTensor raw(
      String name, OipDatatype datatype, long[] shape, int elementCount, ByteString bytes) {
    return new OipTensor(name, datatype, shape, elementCount, new Raw(datatype, bytes));
  }

  /** A tensor of elements in the list of {@code contents} that fits its type. */
  static OipTensor typed(
      String name,
      OipDatatype datatype,
      long[] shape,
      int elementCount,
      InferTensorContents contents) {
    return new OipTensor(name, datatype, shape, elementCount, new Typed(datatype, contents));
  }

  String name() {
    return name;
  }

  OipDatatype datatype() {
    return datatype;
  }

  /** Number of axes. */
  int rank() {
    return shape.length;
  }

  /** Length of axis {@code axis}. */
  long dim(int axis) {
    return shape[axis];
  }

  /** Elements of one item, if axis 0 is the batch. */
  int itemElementCount() {
    return shape[0] == 0 ? 0 : (int) (elementCount / shape[0]);
  }

  /** The shape for people: {@code [2, 3]}. */
  String shapeText() {
    return Arrays.toString(shape);
  }

  /** Number of elements. */
  int elementCount() {
    return elementCount;
  }

  /**
   * Writes elements to {@code target} at its position, little-endian; not for {@code BYTES}.
   *
   * @param from the first element
   * @param count how many
   */
  void write(int from, int count, ByteBuffer target) {
    elements.write(from, count, target);
  }

  /** Element {@code index} of an {@code FP32} tensor. */
  float number(int index) {
    return elements.number(index);
  }

  /** Whether element {@code index} of a {@code BOOL} or integer tensor is not 0. */
  boolean isSet(int index) {
    return elements.isSet(index);
  }

  /** Element {@code index} of an {@code INT32} or {@code INT64} tensor. */
  long integer(int index) {
    return elements.integer(index);
  }

  private static IllegalStateException notAnInteger(OipDatatype datatype) {
    return new IllegalStateException("datatype: " + datatype + " (expected: INT32 or INT64)");
  }

  private static IllegalStateException notNumbers(OipDatatype datatype) {
    return new IllegalStateException("datatype: " + datatype + " (expected: of a fixed size)");
  }

  private static final class Raw implements Elements {
    private final OipDatatype datatype;
    private final ByteBuffer bytes;

    Raw(OipDatatype datatype, ByteString bytes) {
      this.datatype = datatype;
      this.bytes = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    // Absolute reads only: several workers may read at once, and no view is made for each item.
    @Override
    public void write(int from, int count, ByteBuffer target) {
      int size = datatype.sizeBytes();
      if (size == 0) {
        throw notNumbers(datatype);
      }
      int at = target.position();
      target.put(at, bytes, bytes.position() + from * size, count * size);
      target.position(at + count * size);
    }

    @Override
    public long integer(int index) {
      return switch (datatype) {
        case INT64 -> bytes.getLong(bytes.position() + index * Long.BYTES);
        case INT32 -> bytes.getInt(bytes.position() + index * Integer.BYTES);
        default -> throw notAnInteger(datatype);
      };
    }

    @Override
    public float number(int index) {
      return bytes.getFloat(bytes.position() + index * Float.BYTES);
    }

    @Override
    public boolean isSet(int index) {
      int at = bytes.position() + index * datatype.sizeBytes();
      for (int end = at + datatype.sizeBytes(); at < end; at++) {
        if (bytes.get(at) != 0) {
          return true;
        }
      }
      return false;
    }
  }

  private record Typed(OipDatatype datatype, InferTensorContents contents) implements Elements {
    @Override
    public void write(int from, int count, ByteBuffer target) {
      var order = target.order();
      target.order(ByteOrder.LITTLE_ENDIAN);
      for (int index = from; index < from + count; index++) {
        writeOne(index, target);
      }
      target.order(order);
    }

    private void writeOne(int index, ByteBuffer target) {
      switch (datatype) {
        case BOOL -> target.put((byte) (contents.getBoolContents(index) ? 1 : 0));
        case UINT8 -> target.put((byte) contents.getUintContents(index));
        case UINT16 -> target.putShort((short) contents.getUintContents(index));
        case UINT32 -> target.putInt(contents.getUintContents(index));
        case UINT64 -> target.putLong(contents.getUint64Contents(index));
        case INT8 -> target.put((byte) contents.getIntContents(index));
        case INT16 -> target.putShort((short) contents.getIntContents(index));
        case INT32 -> target.putInt(contents.getIntContents(index));
        case INT64 -> target.putLong(contents.getInt64Contents(index));
        case FP32 -> target.putFloat(contents.getFp32Contents(index));
        case FP64 -> target.putDouble(contents.getFp64Contents(index));
        case FP16, BF16, BYTES -> throw notNumbers(datatype);
      }
    }

    @Override
    public long integer(int index) {
      return switch (datatype) {
        case INT64 -> contents.getInt64Contents(index);
        case INT32 -> contents.getIntContents(index);
        default -> throw notAnInteger(datatype);
      };
    }

    @Override
    public float number(int index) {
      return contents.getFp32Contents(index);
    }

    @Override
    public boolean isSet(int index) {
      return switch (datatype) {
        case BOOL -> contents.getBoolContents(index);
        case INT64 -> contents.getInt64Contents(index) != 0;
        case INT8, INT16, INT32 -> contents.getIntContents(index) != 0;
        default -> throw notAnInteger(datatype);
      };
    }
  }
}
