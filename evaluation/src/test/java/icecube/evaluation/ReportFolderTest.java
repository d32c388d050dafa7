// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.physics.IceCube86;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** A report holds every number in words and every plot as a picture that can be opened. */
final class ReportFolderTest {
  private static final List<String> PLOTS =
      List.of("errors", "energy", "zenith", "pulses", "coverage-1", "calibration");

  @TempDir private Path folder;
  private Evaluation evaluation;

  @BeforeEach
  void evaluate() {
    evaluation = Cases.scattered(folder, 2_000, 1);
  }

  private String page(Evaluation of) throws IOException {
    ReportFolder.write(folder.resolve("report"), of);
    return Files.readString(folder.resolve("report/report.html"));
  }

  @Test
  void everyPlotIsThereAsSvgAndAsPng() throws Exception {
    ReportFolder.Written written = ReportFolder.write(folder.resolve("deep/report"), evaluation);
    assertThat(written.warning()).isEmpty();
    for (String plot : PLOTS) {
      Document svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(Files.newInputStream(folder.resolve("deep/report/" + plot + ".svg")));
      assertThat(svg.getElementsByTagName("polyline").getLength()).isPositive();
      BufferedImage png = read(folder.resolve("deep/report/" + plot + ".png"));
      assertThat(png.getWidth()).isEqualTo(3 * Canvas.WIDTH);
      assertThat(png.getHeight()).isEqualTo(3 * Canvas.HEIGHT);
    }
    // pulls beside those named, as two files each, and the page.
    assertThat(written.files()).hasSize(2 * 7 + 1);
  }

  private static BufferedImage read(Path file) throws IOException {
    return requireNonNull(ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file))));
  }

  @Test
  void thePageNeedsNothingElse() throws IOException {
    String page = page(evaluation);
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("prefers-color-scheme:dark")
        .contains("name=\"viewport\"")
        .doesNotContain("<script", "<link", "<img", "src=", "@import", "url(");
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
    assertThat(page.split("<svg", -1)).hasSize(7 + 1);
  }

  @Test
  void thePageHasEveryRowOfEveryTable() throws IOException {
    String page = page(evaluation);
    for (Binning binning : Binning.values()) {
      for (Binning.Bin bin : binning.bins()) {
        assertThat(page).contains(">" + bin.label() + "<");
      }
    }
    for (ModelResult model : evaluation.models()) {
      assertThat(page)
          .contains(">" + model.name() + "<")
          .contains(TextTables.meanOf(model.errors()).replace("+-", "±"));
    }
    assertThat(page)
        .contains("own 50 % radius", "own 90 % radius", "5 % by kappa", "95 % by kappa");
    assertThat(page).contains("0 events lack kappa").contains("Pulls: median");
    assertThat(page).doesNotContain("What could not be told");
  }

  @Test
  void theRobustnessTableHasNoHiddenRow() throws IOException {
    ErrorSummary errors = new ErrorSummary(9, 0.5, 0.01, 0.4, 0.6);
    RobustnessTable table =
        new RobustnessTable(
            "direction",
            10,
            1,
            List.of(
                new RobustnessTable.Row("none", 0, 3, errors, null),
                new RobustnessTable.Row(
                    "charge noise", 1, 0, errors, new Difference(9, 0.125, 0.0625))));
    assertThat(page(evaluation.withRobustness(List.of(table))))
        .contains(
            "Robustness of direction",
            ">none<",
            "no answer",
            "<td>3</td>",
            ">charge noise<",
            "+0.1250 ± 0.0625");
  }

  @Test
  void whatCouldNotBeToldIsSaidAndNamesDoNotBecomeMarkup() throws IOException {
    PredictionTable table =
        Cases.table(folder, "a<b>&c", List.of(Cases.row(1, 0, 1), Cases.row(2, 0, 1)));
    Evaluator evaluator = new Evaluator(List.of(table), IceCube86.geometry());
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    String page = page(evaluator.evaluate());
    assertThat(page)
        .contains("What could not be told", "the meta has no column energy_gev")
        .contains("a&lt;b&gt;&amp;c")
        .doesNotContain("a<b>");
    assertThat(folder.resolve("report/energy.svg")).doesNotExist();
    assertThat(folder.resolve("report/coverage-1.svg")).doesNotExist();
    assertThat(folder.resolve("report/errors.png")).exists();
    // One event is no point.
    assertThat(folder.resolve("report/zenith.png")).doesNotExist();
  }

  @Test
  void anInkIsFoundInThePixels() throws IOException {
    Chart chart =
        new Chart(
            "one",
            "One line",
            Axis.ofNumbers("x", 0, 1),
            Axis.ofNumbers("y", 0, 1),
            List.of(
                new Chart.Series(
                    "",
                    Ink.FIRST,
                    Chart.Mark.LINE,
                    List.of(Chart.Point.of(0, 0.5), Chart.Point.of(1, 0.5)))));
    BufferedImage image =
        requireNonNull(ImageIO.read(new ByteArrayInputStream(ImageCanvas.png(chart))));
    int first = Integer.parseInt(Ink.FIRST.light().substring(1), 16);
    int found = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        found += (image.getRGB(x, y) & 0xFFFFFF) == first ? 1 : 0;
      }
    }
    assertThat(found).isGreaterThan(3 * 400 * 3);
  }

  @Test
  void perfectAnswersHaveAPage() throws IOException {
    List<PredictionRow> rows = new ArrayList<>();
    for (int id = 0; id < 20; id++) {
      rows.add(Cases.row(id, 0, Math.PI, 5, 0.5, 1));
    }
    Evaluator evaluator =
        new Evaluator(List.of(Cases.table(folder, "perfect", rows)), IceCube86.geometry());
    rows.forEach(row -> evaluator.add(Cases.climbing(row.eventId()), Cases.truth(0, Math.PI)));
    assertThat(page(evaluator.evaluate())).contains("<td>0.0000 ± 0.0000</td>");
    assertThat(folder.resolve("report/zenith.png")).exists();
    assertThat(folder.resolve("report/calibration.png")).exists();
  }

  @Test
  void anAxisWithoutLengthIsRefused() {
    assertThatThrownBy(() -> Axis.ofNumbers("x", 2, 2))
        .hasMessage("axis: 2.0..2.0 (expected: rising by more than 1.0E-9)");
    assertThat(Axis.upTo("x", 0).max()).isEqualTo(1);
    assertThat(Axis.ofNumbers("x", 0, 0.25).ticks())
        .extracting(Axis.Tick::label)
        .containsExactly("0.00", "0.05", "0.10", "0.15", "0.20", "0.25");
  }

  @Test
  void aFolderThatCannotBeWrittenIsAnOutputError() throws IOException {
    Path file = folder.resolve("taken");
    Files.write(file, "x".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ReportFolder.write(file.resolve("report"), evaluation))
        .isInstanceOfSatisfying(
            DatasetException.class,
            e -> assertThat(e.kind()).isEqualTo(DatasetException.Kind.OUTPUT))
        .hasMessageContaining("choose another --report");
  }
}
