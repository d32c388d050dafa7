// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of predictions is read again, and what is wrong with a file is told. */
final class PredictionReaderTest {
  @TempDir private Path folder;

  private static PredictionRow row(long eventId, OptionalDouble kappa, OptionalDouble radius90) {
    return new PredictionRow(
        eventId, 1.25, 0.5, kappa, OptionalDouble.empty(), radius90, 61, 60, "m", "2", "TRUNCATED");
  }

  private static List<PredictionRow> read(Path file) {
    var rows = new ArrayList<PredictionRow>();
    try (PredictionReader reader = PredictionReader.open(file)) {
      for (PredictionRow next = reader.next(); next != null; next = reader.next()) {
        rows.add(next);
      }
    }
    return rows;
  }

  @Test
  void everythingComesBackAndTheUnknownStaysUnknown() {
    Path file = folder.resolve("predictions.parquet");
    List<PredictionRow> rows =
        List.of(
            row(3, OptionalDouble.of(12.5), OptionalDouble.empty()),
            row(1L << 40, OptionalDouble.empty(), OptionalDouble.of(0.75)),
            row(-7, OptionalDouble.empty(), OptionalDouble.empty()));
    PredictionWriter.write(file, rows);
    assertThat(read(file)).isEqualTo(rows);
  }

  @Test
  void aFileWithoutRowsHasNone() {
    Path file = folder.resolve("predictions.parquet");
    PredictionWriter.write(file, List.of());
    assertThat(read(file)).isEmpty();
  }

  @Test
  void threeColumnsAreEnough() {
    Path file = folder.resolve("predictions.parquet");
    write(file, 2.5);
    PredictionRow only = read(file).get(0);
    assertThat(only.eventId()).isEqualTo(8);
    assertThat(only.azimuthRad()).isEqualTo(2.5);
    assertThat(only.kappa()).isEmpty();
    assertThat(only.modelName()).isEmpty();
  }

  @Test
  void aDirectionThatIsNoneNamesFileAndRow() {
    Path file = folder.resolve("predictions.parquet");
    write(file, Double.NaN);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("predictions.parquet: row 0: direction of event 8: azimuth NaN");
  }

  @Test
  void anotherKindOfFileNamesTheColumnItLacks() {
    Path file = folder.resolve("batch_1.parquet");
    BatchWriter.create(file).close();
    assertThatThrownBy(() -> PredictionReader.open(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column azimuth is missing");
  }

  @Test
  void aMissingAndACutFileAreTold() throws IOException {
    Path file = folder.resolve("predictions.parquet");
    assertThatThrownBy(() -> PredictionReader.open(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("not there");
    Files.write(file, new byte[100]);
    assertThatThrownBy(() -> PredictionReader.open(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("expected: a whole Parquet file");
  }

  private static void write(Path file, double azimuthRad) {
    MessageType schema =
        Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("event_id")
            .required(PrimitiveTypeName.DOUBLE)
            .named("azimuth")
            .required(PrimitiveTypeName.DOUBLE)
            .named("zenith")
            .named("schema");
    try (ParquetRows<Double> out =
        ParquetRows.create(
            file,
            schema,
            Map.of(),
            (row, azimuth) -> {
              row.startField("event_id", 0);
              row.addLong(8);
              row.endField("event_id", 0);
              row.startField("azimuth", 1);
              row.addDouble(azimuth);
              row.endField("azimuth", 1);
              row.startField("zenith", 2);
              row.addDouble(0.5);
              row.endField("zenith", 2);
            })) {
      out.write(azimuthRad);
    }
  }
}
