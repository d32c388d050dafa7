// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import icecube.physics.FeatureTable;
import icecube.v1.FeatureBatch;
import icecube.v1.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FeatureCodecTest {
  private static final float[] ROW = {0.1f, -0.2f, 0.3f, 0, -0.5f, 1};

  @Test
  void aTableComesBackBitForBit() {
    var table = Samples.table(new SplittableRandom(2), 60);

    assertThat(FeatureCodec.decode(FeatureCodec.encode(table))).isEqualTo(table);
  }

  @Test
  void rowsAreLittleEndianFloatsOnTheWire() {
    var rows = FeatureCodec.encode(oneRow()).getRows();

    var floats = rows.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[6];
    floats.get(values);
    assertThat(values).containsExactly(ROW);
    assertThat(rows.byteAt(3)).isEqualTo((byte) 0x3d);
  }

  @Test
  void aTableWithoutEventsAndAnEventWithoutRowsAreTables() {
    var none = table(new int[0], new float[0]);
    var rowless = table(new int[] {0}, new float[0]);

    assertThat(FeatureCodec.decode(FeatureCodec.encode(none))).isEqualTo(none);
    assertThat(FeatureCodec.decode(FeatureCodec.encode(rowless))).isEqualTo(rowless);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void anotherFeatureVersionIsRefused(int version) {
    assertRefused(
        batch().setFeatureVersion(version),
        Reason.REASON_FEATURE_VERSION_UNSUPPORTED,
        "expected: 1");
  }

  @Test
  void everyColumnOfAnotherLengthIsRefused() {
    var mismatched = Reason.REASON_COLUMNS_MISMATCHED;
    assertRefused(batch().addEventId(1), mismatched, "event_id 2");
    assertRefused(batch().addRowCount(1), mismatched, "row_count 2");
    assertRefused(batch().addPulsesSeen(1), mismatched, "pulses_seen 2");
    assertRefused(batch().addQualityBits(1), mismatched, "quality_bits 2");
    assertRefused(batch().setRows(ByteString.EMPTY), mismatched, "rows: 0 bytes (expected: 24");
    assertRefused(batch().setRows(ByteString.copyFrom(new byte[25])), mismatched, "rows: 25 bytes");
  }

  @Test
  void rowCountsBeyondTheLimitAreRefusedBeforeAnythingIsAllocated() {
    var invalid = Reason.REASON_FEATURES_INVALID;
    assertRefused(batch().setRowCount(0, 769).setPulsesSeen(0, 769), invalid, "expected: 0..768");
    assertRefused(batch().setRowCount(0, -1), invalid, "row_count: 4294967295");
  }

  @Test
  void theLimitItselfIsAllowed() {
    var table = table(new int[] {768}, new float[768 * 6]);

    assertThat(FeatureCodec.decode(FeatureCodec.encode(table))).isEqualTo(table);
    assertThatThrownBy(() -> FeatureCodec.decode(FeatureCodec.encode(table), 767))
        .hasMessageContaining("expected: 0..767");
  }

  @Test
  void moreRowsThanPulsesSeenAreRefused() {
    assertRefused(batch().setPulsesSeen(0, 0), Reason.REASON_FEATURES_INVALID, "pulses_seen: 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, -1, 1 << 31})
  void flagsThatDoNotExistAreRefused(int bits) {
    assertRefused(batch().setQualityBits(0, bits), Reason.REASON_FEATURES_INVALID, "quality_bits");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void valuesThatAreNotFiniteAreRefused(float value) {
    var bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putFloat(16, value).array();

    assertRefused(
        batch().setRows(ByteString.copyFrom(bytes)),
        Reason.REASON_FEATURES_INVALID,
        "row 0, column 4 (expected: finite)");
  }

  private static FeatureTable oneRow() {
    return table(new int[] {1}, ROW.clone());
  }

  private static FeatureTable table(int[] rowCount, float[] rows) {
    long[] eventId = Arrays.stream(rowCount).asLongStream().toArray();
    return FeatureTable.owning(eventId, rowCount, rowCount.clone(), new int[rowCount.length], rows);
  }

  private static FeatureBatch.Builder batch() {
    return FeatureCodec.encode(oneRow()).toBuilder();
  }

  private static void assertRefused(FeatureBatch.Builder batch, Reason reason, String message) {
    assertThatThrownBy(() -> FeatureCodec.decode(batch.build()))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            ReasonException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
