// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;

/**
 * Whole numbers as differences, packed in blocks of miniblocks (Parquet's DELTA_BINARY_PACKED),
 * decoded in step with what is asked for.
 */
final class DeltaValues extends PageValues {
  private static final int MINIBLOCK_COUNT_MAX = 512;

  private final byte[] bytes;
  private final int end;
  private final boolean is32Bit;
  private final LittleEndian.Varints numbers;
  private final int valuesPerMiniblock;
  private final int[] bitWidths;
  private long valuesLeft;
  private boolean isFirst = true;
  private long previous;
  private long deltaMin;
  private int miniblock;
  private int miniblockLeft;
  private int packedAt;
  private long packedBit;

  DeltaValues(byte[] bytes, int from, int end, ValueType type) throws IOException {
    this.bytes = bytes;
    this.end = end;
    this.is32Bit = type == ValueType.INT32;
    this.numbers = new LittleEndian.Varints(bytes, from, end);
    long blockSize = numbers.next();
    long miniblocks = numbers.next();
    if (miniblocks < 1
        || miniblocks > MINIBLOCK_COUNT_MAX
        || blockSize < miniblocks
        || blockSize > Integer.MAX_VALUE
        || blockSize % miniblocks != 0) {
      throw new IOException("delta block of " + blockSize + " values in " + miniblocks + " parts");
    }
    this.valuesPerMiniblock = (int) (blockSize / miniblocks);
    this.bitWidths = new int[(int) miniblocks];
    this.miniblock = bitWidths.length;
    this.valuesLeft = numbers.next();
    this.previous = numbers.nextZigzag();
  }

  @Override
  void longs(long[] out, int from, int count) throws IOException {
    if (count > valuesLeft) {
      throw new IOException("page ends before its last value");
    }
    valuesLeft -= count;
    for (int i = from; i < from + count; i++) {
      if (isFirst) {
        isFirst = false;
      } else {
        long value = previous + nextDelta();
        previous = is32Bit ? (int) value : value;
      }
      out[i] = previous;
    }
  }

  /** The next difference: what is packed plus the least of its block. */
  private long nextDelta() throws IOException {
    if (miniblockLeft == 0) {
      nextMiniblock();
    }
    int width = bitWidths[miniblock];
    long delta = width == 0 ? 0 : LittleEndian.bitsAt(bytes, packedAt, packedBit, width);
    packedBit += width;
    miniblockLeft--;
    return deltaMin + delta;
  }

  private void nextMiniblock() throws IOException {
    miniblock++;
    if (miniblock >= bitWidths.length) {
      deltaMin = numbers.nextZigzag();
      for (int i = 0; i < bitWidths.length; i++) {
        bitWidths[i] = numbers.nextByte();
      }
      miniblock = 0;
    }
    int width = bitWidths[miniblock];
    if (width > Long.SIZE) {
      throw new IOException("bit width: " + width + " (expected: 0..64)");
    }
    packedAt = numbers.at();
    packedBit = 0;
    miniblockLeft = valuesPerMiniblock;
    long size = (long) width * valuesPerMiniblock / Byte.SIZE;
    numbers.skip((int) Math.min(size, end - packedAt));
  }
}
