// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions are found by event, and a file that says two things or none is refused. */
final class PredictionTableTest {
  private static final double NONE = Double.NaN;

  @TempDir private Path folder;

  private Path written(PredictionRow... rows) {
    Path file = folder.resolve("predictions.parquet");
    PredictionWriter.write(file, List.of(rows));
    return file;
  }

  @Test
  void everyRowIsFoundAmongManyInAnyOrder() {
    List<PredictionRow> rows = new ArrayList<>();
    for (long i = 0; i < 5_000; i++) {
      long id = (i * 7_919 % 5_000) * 4_294_967_311L - 3;
      rows.add(Cases.row(id, 1 + i * 1e-6, 0.5));
    }
    PredictionTable table = Cases.table(folder, "many", rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(table.find(rows.get(i).eventId())).isEqualTo(i);
      assertThat(table.azimuthRad(i)).isEqualTo(1 + i * 1e-6);
    }
    assertThat(table.find(17)).isNegative();
    assertThat(table.count()).isEqualTo(5_000);
    assertThat(table.foreignCount()).isZero();
  }

  @Test
  void whatIsAbsentIsNanAndSoIsNan() {
    PredictionTable table =
        Cases.table(
            folder,
            "model",
            List.of(Cases.row(1, 0, 1, 4, 0.5, NONE), Cases.row(2, 0, 1, NONE, NONE, 1)));
    assertThat(table.kappa(0)).isEqualTo(4);
    assertThat(table.radius50Rad(0)).isEqualTo(0.5f);
    assertThat(table.radius90Rad(0)).isNaN();
    assertThat(table.kappa(1)).isNaN();
    assertThat(table.radius50Rad(1)).isNaN();
    assertThat(table.radius90Rad(1)).isEqualTo(1);
    assertThat(table.foreignCount()).isEqualTo(2);
  }

  @Test
  void aSubmissionHasDirectionsOnly() throws IOException {
    Path file = folder.resolve("Submission.CSV");
    Files.writeString(file, "event_id,azimuth,zenith\n7,1.5,0.25\n");
    PredictionTable table = PredictionTable.read("submission", file);
    assertThat(table.zenithRad(table.find(7))).isEqualTo(0.25);
    assertThat(table.kappa(0)).isNaN();
  }

  @Test
  void anEventThatStandsInTheFileTwiceIsRefused() throws IOException {
    Path file = written(Cases.row(5, 0, 1), Cases.row(6, 0, 1), Cases.row(5, 0, 1));
    assertThatThrownBy(() -> PredictionTable.read("model", file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(file + ": event 5: two predictions (expected: one); remove one of them");
    Path csv = folder.resolve("submission.csv");
    Files.writeString(csv, "event_id,azimuth,zenith\n7,1,1\n7,1,1\n");
    assertThatThrownBy(() -> PredictionTable.read("submission", csv))
        .hasMessageContaining("event 7: two predictions");
  }

  @Test
  void aDirectionThatIsNoneIsRefused() throws IOException {
    Path csv = folder.resolve("submission.csv");
    Files.writeString(csv, "event_id,azimuth,zenith\n7,NaN,1\n");
    assertThatThrownBy(() -> PredictionTable.read("submission", csv))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("expected: finite angles");
  }

  @Test
  void aConcentrationThatIsNoneIsRefused() {
    Path negative = written(Cases.row(5, 0, 1, -1, NONE, NONE));
    assertThatThrownBy(() -> PredictionTable.read("model", negative))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("event 5: kappa -1.0 (expected: finite and >= 0)")
        .hasMessageContaining("leave the cell empty");
    Path infinite = written(Cases.row(5, 0, 1, Double.POSITIVE_INFINITY, NONE, NONE));
    assertThatThrownBy(() -> PredictionTable.read("model", infinite))
        .hasMessageContaining("kappa Infinity");
  }

  @Test
  void aRadiusThatIsNoneIsRefused() {
    Path zero = written(Cases.row(5, 0, 1, NONE, 0, NONE));
    assertThatThrownBy(() -> PredictionTable.read("model", zero))
        .hasMessageContaining("event 5: radius50 0.0 (expected: above 0, at most pi rad)");
    Path large = written(Cases.row(6, 0, 1, NONE, NONE, 3.2));
    assertThatThrownBy(() -> PredictionTable.read("model", large))
        .hasMessageContaining("event 6: radius90 3.2");
  }

  @Test
  void moreRowsThanThereIsRoomForAreRefused() {
    Path file = written(Cases.row(1, 0, 1), Cases.row(2, 0, 1), Cases.row(3, 0, 1));
    assertThat(PredictionTable.read("model", file, 3).count()).isEqualTo(3);
    assertThatThrownBy(() -> PredictionTable.read("model", file, 2))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("more than 2 predictions (expected: at most that)");
  }

  @Test
  void aMissingFileIsTold() {
    assertThatThrownBy(() -> PredictionTable.read("model", folder.resolve("none.parquet")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("none.parquet: not there");
  }
}
