// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers as Parquet lays them into bytes. Loads are unaligned and bounds-checked by the JVM: a
 * damaged page ends in an exception, never in someone else's memory.
 */
final class LittleEndian {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  static long longAt(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }

  static int intAt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static double doubleAt(byte[] bytes, int offset) {
    return Double.longBitsToDouble(longAt(bytes, offset));
  }

  static float floatAt(byte[] bytes, int offset) {
    return Float.intBitsToFloat(intAt(bytes, offset));
  }

  /**
   * The {@code width} bits (0..64) from bit {@code bit} on, lowest first. Reads up to eight bytes
   * from where the bits begin, nine for widths above 57.
   */
  static long bitsAt(byte[] bytes, int offset, long bit, int width) {
    int at = offset + (int) (bit >>> 3);
    int shift = (int) (bit & 7);
    long value = longAt(bytes, at) >>> shift;
    if (shift + width > Long.SIZE) {
      value |= (long) bytes[at + Long.BYTES] << (Long.SIZE - shift);
    }
    return width == Long.SIZE ? value : value & ((1L << width) - 1);
  }

  /** A cursor over variable-length integers. */
  static final class Varints {
    private final byte[] bytes;
    private final int end;
    private int at;

    Varints(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    int at() {
      return at;
    }

    void skip(int count) {
      at += count;
    }

    int nextByte() throws IOException {
      if (at >= end) {
        throw new IOException("page ends inside a number");
      }
      return bytes[at++] & 0xff;
    }

    long next() throws IOException {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        int next = nextByte();
        value |= (long) (next & 0x7f) << shift;
        if (next < 0x80) {
          return value;
        }
      }
      throw new IOException("number of more than ten bytes");
    }

    long nextZigzag() throws IOException {
      long value = next();
      return (value >>> 1) ^ -(value & 1);
    }
  }
}
