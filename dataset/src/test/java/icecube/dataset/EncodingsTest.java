// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoders give back what parquet-column's encoders were given. */
final class EncodingsTest {
  private static final int COUNT = 5_000;

  private static byte[] padded(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length + ChunkPages.PADDING);
  }

  private static byte[] bytesOf(BytesInput input) throws IOException {
    var out = new ByteArrayOutputStream();
    input.writeAllTo(out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 13, 17, 24, 31, 32})
  void runLengthsOfEveryWidthComeBack(int width) throws IOException {
    var random = new SplittableRandom(width);
    int[] values = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      boolean repeat = i > 0 && random.nextInt(100) < 60;
      values[i] = repeat ? values[i - 1] : (int) (random.nextLong() & ((1L << width) - 1));
    }
    byte[] bytes;
    try (var encoder =
        new RunLengthBitPackingHybridEncoder(width, 64, 1 << 20, new HeapByteBufferAllocator())) {
      for (int value : values) {
        encoder.writeInt(value);
      }
      bytes = bytesOf(encoder.toBytes());
    }
    var runs = new RunLengths(padded(bytes), 0, bytes.length, width);
    int[] back = new int[COUNT];
    int[] part = new int[COUNT];
    for (int done = 0; done < COUNT; ) {
      int now = Math.min(COUNT - done, 1 + random.nextInt(700));
      runs.read(part, now);
      System.arraycopy(part, 0, back, done, now);
      done += now;
    }
    assertThat(back).isEqualTo(values);
  }

  @Test
  void leadingOnesAreCountedAcrossRuns() throws IOException {
    // A run of ten ones, a packed group 1111 0111.
    byte[] bytes = {20, 1, 3, (byte) 0b1110_1111};
    assertThat(new RunLengths(padded(bytes), 0, 4, 1).leading(1, 12)).isEqualTo(12);
    assertThat(new RunLengths(padded(bytes), 0, 4, 1).leading(1, 18)).isEqualTo(14);
  }

  @Test
  void runsThatEndTooEarlyAreRefused() {
    assertThatThrownBy(() -> new RunLengths(new byte[20], 0, 0, 3).read(new int[1], 1))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new RunLengths(new byte[20], 0, 12, 3).read(new int[1], 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("run of 0 values");
    assertThatThrownBy(() -> new RunLengths(new byte[20], 0, 12, 33))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bit width: 33");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 31, 40, 56, 57, 60, 63, 64})
  void longDifferencesOfEveryWidthComeBack(int width) throws IOException {
    var random = new SplittableRandom(width);
    long[] values = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = width == 0 ? 7 : random.nextLong() >> (Long.SIZE - width);
    }
    byte[] bytes;
    try (var writer =
        new DeltaBinaryPackingValuesWriterForLong(64, 1 << 20, new HeapByteBufferAllocator())) {
      for (long value : values) {
        writer.writeLong(value);
      }
      bytes = bytesOf(writer.getBytes());
    }
    assertThat(inParts(new DeltaValues(padded(bytes), 0, bytes.length, ValueType.INT64), random))
        .isEqualTo(values);
  }

  @Test
  void intDifferencesWrapAsTheyWereWritten() throws IOException {
    var random = new SplittableRandom(1);
    long[] values = new long[COUNT];
    byte[] bytes;
    try (var writer =
        new DeltaBinaryPackingValuesWriterForInteger(64, 1 << 20, new HeapByteBufferAllocator())) {
      for (int i = 0; i < COUNT; i++) {
        values[i] = random.nextInt();
        writer.writeInteger((int) values[i]);
      }
      bytes = bytesOf(writer.getBytes());
    }
    assertThat(inParts(new DeltaValues(padded(bytes), 0, bytes.length, ValueType.INT32), random))
        .isEqualTo(values);
  }

  private static long[] inParts(PageValues values, SplittableRandom random) throws IOException {
    long[] back = new long[COUNT];
    for (int done = 0; done < COUNT; ) {
      int now = Math.min(COUNT - done, 1 + random.nextInt(700));
      values.longs(back, done, now);
      done += now;
    }
    return back;
  }

  @Test
  void aBlockOfNoPartsIsRefused() {
    assertThatThrownBy(() -> new DeltaValues(new byte[20], 0, 12, ValueType.INT64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("delta block of 0 values in 0 parts");
  }
}
