// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;

/**
 * The values of one page, decoded as many at a time as asked for: whole numbers and flags as longs,
 * others as doubles. Confined to one thread.
 */
abstract class PageValues {
  private long[] scratch = new long[0];

  /**
   * Decodes the next {@code count} whole numbers.
   *
   * @throws IOException if the page ends before
   */
  abstract void longs(long[] out, int from, int count) throws IOException;

  /** Decodes the next {@code count} numbers; whole ones become the nearest double. */
  void doubles(double[] out, int from, int count) throws IOException {
    if (scratch.length < count) {
      scratch = new long[count];
    }
    longs(scratch, 0, count);
    for (int i = 0; i < count; i++) {
      out[from + i] = scratch[i];
    }
  }

  /** Values one after the other in bytes from..end, {@code Type} telling how many bytes each. */
  static final class Plain extends PageValues {
    private final byte[] bytes;
    private final int end;
    private final ValueType type;
    private int at;

    Plain(byte[] bytes, int from, int end, ValueType type) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
      this.type = type;
    }

    private int take(int count) throws IOException {
      int from = at;
      if ((long) count * type.size() > end - from) {
        throw new IOException("page ends before its last value");
      }
      at += count * type.size();
      return from;
    }

    @Override
    void longs(long[] out, int from, int count) throws IOException {
      int base = take(count);
      if (type == ValueType.INT32) {
        for (int i = 0; i < count; i++) {
          out[from + i] = LittleEndian.intAt(bytes, base + i * Integer.BYTES);
        }
      } else {
        for (int i = 0; i < count; i++) {
          out[from + i] = LittleEndian.longAt(bytes, base + i * Long.BYTES);
        }
      }
    }

    @Override
    void doubles(double[] out, int from, int count) throws IOException {
      if (type == ValueType.FLOAT) {
        int base = take(count);
        for (int i = 0; i < count; i++) {
          out[from + i] = LittleEndian.floatAt(bytes, base + i * Float.BYTES);
        }
      } else if (type == ValueType.DOUBLE) {
        int base = take(count);
        for (int i = 0; i < count; i++) {
          out[from + i] = LittleEndian.doubleAt(bytes, base + i * Double.BYTES);
        }
      } else {
        super.doubles(out, from, count);
      }
    }
  }

  /** The same values with all first bytes first, then all second bytes, and so on. */
  static PageValues split(byte[] bytes, int from, int count, int end, ValueType type)
      throws IOException {
    int size = type.size();
    if ((long) count * size > end - from) {
      throw new IOException("page ends before its last value");
    }
    byte[] joined = new byte[count * size + ChunkPages.PADDING];
    for (int i = 0; i < count; i++) {
      for (int part = 0; part < size; part++) {
        joined[i * size + part] = bytes[from + part * count + i];
      }
    }
    return new Plain(joined, 0, count * size, type);
  }

  /** Flags, one bit each. */
  static final class Bits extends PageValues {
    private final byte[] bytes;
    private final long bitEnd;
    private long bit;

    Bits(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.bit = (long) from * Byte.SIZE;
      this.bitEnd = (long) end * Byte.SIZE;
    }

    @Override
    void longs(long[] out, int from, int count) throws IOException {
      if (count > bitEnd - bit) {
        throw new IOException("page ends before its last value");
      }
      for (int i = 0; i < count; i++, bit++) {
        out[from + i] = (long) bytes[(int) (bit >>> 3)] >>> (bit & 7) & 1;
      }
    }
  }

  /** Flags or small numbers as runs; with a dictionary, its entries. */
  static final class Indexed extends PageValues {
    private final RunLengths runs;
    private final Dictionary dictionary;
    private int[] indices = new int[0];

    Indexed(RunLengths runs, Dictionary dictionary) {
      this.runs = runs;
      this.dictionary = dictionary;
    }

    private int[] indices(int count) throws IOException {
      if (indices.length < count) {
        indices = new int[count];
      }
      runs.read(indices, count);
      return indices;
    }

    @Override
    void longs(long[] out, int from, int count) throws IOException {
      int[] index = indices(count);
      long[] entry = dictionary.longs;
      for (int i = 0; i < count; i++) {
        out[from + i] = entry[index[i]];
      }
    }

    @Override
    void doubles(double[] out, int from, int count) throws IOException {
      int[] index = indices(count);
      double[] entry = dictionary.doubles;
      for (int i = 0; i < count; i++) {
        out[from + i] = entry[index[i]];
      }
    }
  }

  /** The distinct values of a chunk, by index: as longs if they are whole, as doubles always. */
  static final class Dictionary {
    /** What a run of flags indexes. */
    static final Dictionary FLAGS = new Dictionary(new long[] {0, 1}, new double[] {0, 1});

    private final long[] longs;
    private final double[] doubles;

    private Dictionary(long[] longs, double[] doubles) {
      this.longs = longs;
      this.doubles = doubles;
    }

    static Dictionary of(byte[] bytes, int size, int count, ValueType type) throws IOException {
      if (count < 0 || type == ValueType.BOOLEAN || (long) count * type.size() > size) {
        throw new IOException("dictionary of " + count + " values in " + size + " bytes");
      }
      long[] longs = new long[type.isWhole() ? count : 0];
      double[] doubles = new double[count];
      if (type.isWhole()) {
        new Plain(bytes, 0, size, type).longs(longs, 0, count);
      }
      new Plain(bytes, 0, size, type).doubles(doubles, 0, count);
      return new Dictionary(longs, doubles);
    }
  }
}
