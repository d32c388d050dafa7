// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.util.Arrays;

/**
 * Parquet's hybrid of run lengths and bit packing: dictionary indices, booleans and definition
 * levels, as many at a time as asked for. Nothing is laid out beforehand, because one page may hold
 * a run of a hundred million.
 */
final class RunLengths {
  private static final int GROUP = 8;

  private final byte[] bytes;
  private final int end;
  private final int bitWidth;
  private final LittleEndian.Varints headers;
  private long runLeft;
  private boolean packed;
  private int runValue;
  private int packedAt;
  private long packedBit;

  /** Runs of numbers of {@code bitWidth} bits that lie in {@code bytes} from..end. */
  RunLengths(byte[] bytes, int from, int end, int bitWidth) throws IOException {
    if (bitWidth < 0 || bitWidth > Integer.SIZE) {
      throw new IOException("bit width: " + bitWidth + " (expected: 0..32)");
    }
    this.bytes = bytes;
    this.end = end;
    this.bitWidth = bitWidth;
    this.headers = new LittleEndian.Varints(bytes, from, end);
  }

  /** Fills {@code out} up to {@code count}. */
  void read(int[] out, int count) throws IOException {
    int done = 0;
    while (done < count) {
      if (runLeft == 0) {
        nextRun();
      }
      int now = (int) Math.min(runLeft, count - done);
      if (packed) {
        unpack(out, done, now);
      } else {
        Arrays.fill(out, done, done + now, runValue);
      }
      runLeft -= now;
      done += now;
    }
  }

  private void unpack(int[] out, int from, int count) {
    long mask = (1L << bitWidth) - 1;
    long bit = packedBit;
    for (int i = from; i < from + count; i++) {
      int at = packedAt + (int) (bit >>> 3);
      out[i] = (int) (LittleEndian.longAt(bytes, at) >>> (bit & 7) & mask);
      bit += bitWidth;
    }
    packedBit = bit;
  }

  /** How many of the next {@code count} are {@code value}, counted from here until one is not. */
  long leading(int value, long count) throws IOException {
    long done = 0;
    int[] one = new int[1];
    while (done < count) {
      if (runLeft == 0) {
        nextRun();
      }
      if (!packed) {
        if (runValue != value) {
          return done;
        }
        long now = Math.min(runLeft, count - done);
        runLeft -= now;
        done += now;
      } else {
        unpack(one, 0, 1);
        if (one[0] != value) {
          return done;
        }
        runLeft--;
        done++;
      }
    }
    return done;
  }

  private void nextRun() throws IOException {
    long header = headers.next();
    packed = (header & 1) == 1;
    runLeft = header >>> 1;
    if (packed) {
      startPacked();
    } else {
      runValue = 0;
      for (int shift = 0; shift < bitWidth; shift += Byte.SIZE) {
        runValue |= headers.nextByte() << shift;
      }
    }
    if (runLeft <= 0) {
      throw new IOException("run of " + runLeft + " values (expected: 1 or more)");
    }
  }

  private void startPacked() throws IOException {
    packedAt = headers.at();
    packedBit = 0;
    if (runLeft > Integer.MAX_VALUE / GROUP) {
      throw new IOException("run of " + runLeft + " groups");
    }
    long size = runLeft * bitWidth;
    runLeft *= GROUP;
    if (size > end - packedAt) {
      // Some writers cut the last group where the page's values end.
      size = (long) end - packedAt;
      runLeft = bitWidth == 0 ? runLeft : size * Byte.SIZE / bitWidth;
    }
    headers.skip((int) size);
  }
}
