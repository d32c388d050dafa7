// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.apache.parquet.hadoop.metadata.CompressionCodecName.GZIP;
import static org.apache.parquet.hadoop.metadata.CompressionCodecName.SNAPPY;
import static org.apache.parquet.hadoop.metadata.CompressionCodecName.UNCOMPRESSED;
import static org.apache.parquet.hadoop.metadata.CompressionCodecName.ZSTD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to store a batch gives the same events. */
final class ParquetVariantsTest {
  /** Enough pulses for several blocks, and one event longer than a block. */
  private static final List<Event> EVENTS =
      List.of(
          Samples.events(1, 1, 200).get(0),
          new Event(2, Samples.pulses(new java.util.SplittableRandom(2), 20_000)),
          new Event(3, Samples.events(3, 1, 200).get(0).pulses()));

  private static final String REQUIRED = Variant.KAGGLE.replace("optional", "required");

  @TempDir private Path folder;

  private void assertReads(Variant variant) {
    assertThat(Samples.read(variant.write(folder.resolve("batch_1.parquet"), EVENTS)))
        .isEqualTo(EVENTS);
  }

  @Test
  void asKaggleStoresIt() {
    assertReads(Variant.kaggle());
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodecName.class,
      names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
  void withEveryCodecInBothVersions(CompressionCodecName codec) {
    assertReads(Variant.kaggle().codec(codec));
    assertReads(Variant.kaggle().codec(codec).secondVersion());
  }

  @Test
  void withSecondVersionPagesWithoutDictionary() {
    assertReads(Variant.kaggle().secondVersion().withoutDictionary());
    assertReads(Variant.kaggle().secondVersion().withoutDictionary().columns(REQUIRED));
  }

  @Test
  void withoutDictionary() {
    assertReads(Variant.kaggle().withoutDictionary());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 8192, 8193})
  void inManyRowGroupsAndPages(int rows) {
    int pages = Math.max(1, rows / 3);
    var few = rows < 100 ? EVENTS.subList(0, 1) : EVENTS;
    Path file = Variant.kaggle().rows(rows, pages).write(folder.resolve("b.parquet"), few);
    assertThat(Samples.read(file)).isEqualTo(few);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "required int64 event_id; required int32 sensor_id; required int64 time;"
            + " required double charge; required boolean auxiliary",
        "optional int64 event_id; optional int64 sensor_id; optional int32 time;"
            + " optional float charge; optional boolean auxiliary",
        "required boolean auxiliary; optional float charge; required double time;"
            + " required int32 event_id; optional int64 sensor_id",
        "required float time; required int32 event_id; required boolean auxiliary;"
            + " optional float charge; optional int32 sensor_id; optional int64 surplus",
      })
  void withOtherTypesAndOrders(String columns) {
    for (Variant variant :
        List.of(
            Variant.kaggle(),
            Variant.kaggle().secondVersion(),
            Variant.kaggle().secondVersion().withoutDictionary())) {
      assertReads(variant.columns(columns));
    }
  }

  @Test
  void withBytesOfNumbersApart() {
    assertReads(Variant.kaggle().split());
    assertReads(
        Variant.kaggle()
            .split()
            .columns(Variant.KAGGLE.replace("double charge", "float charge"))
            .codec(UNCOMPRESSED));
  }

  @Test
  void withGroupsBetweenItsColumns() {
    assertReads(
        Variant.kaggle()
            .columns(
                "optional group a { optional int64 event_id; optional group b { optional int32 c; }"
                    + " } "
                    + Variant.KAGGLE));
  }

  @Test
  void anEmptyFileHasNoEvent() {
    assertThat(Samples.read(Variant.kaggle().write(folder.resolve("b.parquet"), List.of())))
        .isEmpty();
  }

  @Test
  void anEmptyCellIsRefusedWithItsRow() {
    var events =
        List.of(
            Samples.event(1, 1, 5, 1, true),
            Samples.event(2, 1, 5, Float.NaN, true)); // the writer makes NaN a null here
    for (Variant variant : List.of(Variant.kaggle(), Variant.kaggle().secondVersion())) {
      Path file = variant.write(folder.resolve("batch_1.parquet"), events);
      assertThatThrownBy(() -> Samples.read(file))
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining("batch_1.parquet: column charge: null in row 1")
          .hasMessageContaining("expected: a value in every row");
    }
  }

  @Test
  void aMissingColumnIsNamedBesideThoseFound() {
    var columns = Variant.KAGGLE.replace("sensor_id", "sensor");
    Path file = Variant.kaggle().columns(columns).write(folder.resolve("b.parquet"), EVENTS);
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column sensor_id is missing")
        .hasMessageContaining("found: sensor, time, charge, auxiliary, event_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optional int32 auxiliary",
        "optional binary charge",
        "optional double sensor_id",
        "optional double event_id",
        "repeated int64 time"
      })
  void aColumnOfAnotherTypeIsRefused(String column) {
    String name = column.substring(column.lastIndexOf(' ') + 1);
    String columns =
        Variant.KAGGLE.replaceAll("optional \\w+ " + name + "( \\(.*?\\)\\))?", column);
    Path file = Variant.kaggle().columns(columns).write(folder.resolve("b.parquet"), EVENTS);
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column " + name + ": ")
        .hasMessageContaining("write it again with that type");
  }

  @Test
  void anUnknownCodecIsRefusedByName() {
    Path file =
        Variant.kaggle()
            .codec(CompressionCodecName.LZ4_RAW)
            .write(folder.resolve("b.parquet"), EVENTS);
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(
            "compression: LZ4_RAW (expected: UNCOMPRESSED, SNAPPY, GZIP or ZSTD)");
  }

  @Test
  void codecsOfTheTestsAreThoseOfTheReader() {
    assertThat(PageCodec.values())
        .extracting(Enum::name)
        .containsExactlyInAnyOrder(UNCOMPRESSED.name(), SNAPPY.name(), GZIP.name(), ZSTD.name());
  }
}
