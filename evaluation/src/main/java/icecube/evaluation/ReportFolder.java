// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.dataset.DatasetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of a report: {@code report.html}, which holds all, and each plot as SVG and PNG. */
public final class ReportFolder {
  private ReportFolder() {}

  /**
   * What was written.
   *
   * @param files in the order they were written
   * @param warning why something is missing; empty if nothing is
   */
  public record Written(List<Path> files, String warning) {
    public Written {
      files = List.copyOf(files);
    }
  }

  /**
   * Writes the report; files of the same names are replaced.
   *
   * @throws DatasetException if the folder cannot be written
   */
  public static Written write(Path folder, Evaluation evaluation) {
    List<Chart> charts = Charts.of(evaluation);
    List<Path> files = new ArrayList<>();
    String warning = "";
    try {
      Files.createDirectories(folder);
      files.add(text(folder.resolve("report.html"), HtmlReport.of(evaluation, charts)));
      for (Chart chart : charts) {
        files.add(text(folder.resolve(chart.name() + ".svg"), SvgCanvas.file(chart)));
      }
      for (Chart chart : charts) {
        Path file = folder.resolve(chart.name() + ".png");
        files.add(Files.write(file, ImageCanvas.png(chart)));
      }
    } catch (ImageCanvas.NoFontException e) {
      warning = "no PNG: " + e.getMessage();
    } catch (IOException e) {
      throw DatasetException.output(
          folder + ": " + e + " (expected: a folder that can be written); choose another --report",
          e);
    }
    return new Written(files, warning);
  }

  private static Path text(Path file, String text) throws IOException {
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
