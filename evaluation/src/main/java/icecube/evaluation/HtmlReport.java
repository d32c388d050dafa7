// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as one page that needs no other file, no script and no network: light or dark as
 * the reader's device is, readable on a phone.
 */
final class HtmlReport {
  private static final double DEGREES = 180 / Math.PI;

  private final StringBuilder page = new StringBuilder();
  private final Evaluation evaluation;

  private HtmlReport(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  static String of(Evaluation evaluation, List<Chart> charts) {
    HtmlReport report = new HtmlReport(evaluation);
    report.page.append(HtmlStyle.HEAD);
    report.headline();
    report.models();
    report.charts(charts);
    for (Binning binning : Binning.values()) {
      if (evaluation.isKnown(binning)) {
        report.groups(binning);
      }
    }
    for (ModelResult model : evaluation.models()) {
      if (model.precision() != null) {
        report.coverage(model.name(), model.precision());
      }
    }
    evaluation.robustness().forEach(report::robustness);
    report.absences();
    report.page.append(HtmlStyle.TAIL);
    return report.page.toString();
  }

  private void headline() {
    ModelResult model = evaluation.models().get(0);
    page.append("<main>\n<h1>How good are the directions of ");
    page.append(Html.escaped(model.name())).append("?</h1>\n<div class=\"tiles\">\n");
    tile("events", "%,d".formatted(evaluation.events()), "compared, the same for all models");
    tile(
        "mean angular error",
        TextTables.meanOf(model.errors()) + " rad",
        degrees(model.errors().meanRad()));
    tile(
        "median",
        TextTables.number(model.errors().medianRad()) + " rad",
        degrees(model.errors().medianRad()));
    ModelResult fit = evaluation.models().get(evaluation.models().size() - 2);
    if (fit.difference() != null && fit.errors().meanRad() != null) {
      double better = 100 * fit.difference().meanRad() / fit.errors().meanRad();
      tile(
          "beside the improved line fit",
          String.format(
              Locale.ROOT, "%.1f %% %s", Math.abs(better), better < 0 ? "worse" : "better"),
          "mean angular error on the same events");
    }
    page.append("</div>\n<p class=\"note\">Not compared: ");
    page.append(
        "%,d events without a prediction, %,d without truth, %,d unsound, %,d repeated.</p>%n"
            .formatted(
                evaluation.unpredicted(),
                evaluation.withoutTruth(),
                evaluation.unsound(),
                evaluation.repeated()));
  }

  private static String degrees(@Nullable Double rad) {
    return rad == null ? "" : String.format(Locale.ROOT, "%.2f degrees", rad * DEGREES);
  }

  private void tile(String name, String value, String note) {
    page.append("<div class=\"tile\"><span>").append(Html.escaped(name)).append("</span><b>");
    page.append(typeset(value)).append("</b><small>").append(Html.escaped(note));
    page.append("</small></div>\n");
  }

  private void models() {
    List<List<String>> rows = new ArrayList<>();
    for (ModelResult model : evaluation.models()) {
      rows.add(
          List.of(
              model.name(),
              TextTables.meanOf(model.errors()),
              TextTables.number(model.errors().medianRad()),
              TextTables.number(model.errors().quantile68Rad()),
              TextTables.differenceOf(model.difference())));
    }
    String difference = "minus " + evaluation.reference();
    table(
        "Angular error, rad",
        "Kaggle's form, each event compared with itself: below 0 is better than the reference.",
        List.of("model", "mean ± error", "median", "68 %", difference),
        rows);
  }

  private void charts(List<Chart> charts) {
    page.append("<div class=\"charts\">\n");
    for (Chart chart : charts) {
      page.append("<figure>\n").append(SvgCanvas.inline(chart)).append("</figure>\n");
    }
    page.append("</div>\n");
  }

  private void groups(Binning binning) {
    List<String> heads = new ArrayList<>(List.of(binning.title(), "events"));
    evaluation.models().forEach(model -> heads.add(model.name()));
    List<List<String>> rows = new ArrayList<>();
    for (int bin = 0; bin < binning.bins().size(); bin++) {
      List<String> row = new ArrayList<>();
      for (ModelResult model : evaluation.models()) {
        GroupRow group = model.rowsBy(binning).get(bin);
        if (row.isEmpty()) {
          row.add(group.bin().label());
          row.add("%,d".formatted(group.errors().count()));
        }
        row.add(
            TextTables.meanOf(group.errors())
                + " · "
                + TextTables.number(group.errors().medianRad()));
      }
      rows.add(row);
    }
    table("By " + binning.word(), "Mean ± error · median, rad.", heads, rows);
  }

  private void coverage(String name, Precision precision) {
    List<String> heads = new ArrayList<>(List.of("should hold"));
    precision.coverage().forEach(coverage -> heads.add(coverage.topology()));
    List<List<String>> rows = new ArrayList<>();
    rows.add(coverageRow("own 50 % radius", precision, -2));
    rows.add(coverageRow("own 90 % radius", precision, -1));
    for (int step = 0; step < Coverage.STEPS - 1; step++) {
      int percent = (step + 1) * 100 / Coverage.STEPS;
      rows.add(coverageRow(percent + " % by kappa", precision, step));
    }
    String lacking =
        "%,d events lack kappa, %,d the 50 %% radius, %,d the 90 %% radius; they are left out. "
            .formatted(
                precision.withoutKappa(), precision.withoutRadius50(), precision.withoutRadius90());
    Pulls pulls = precision.pulls();
    String spread = pulls == null ? "" : "Pulls: " + TextTables.pullsOf(pulls) + ".";
    table("Coverage of " + name, lacking + spread, heads, rows);
  }

  private static List<String> coverageRow(String label, Precision precision, int step) {
    List<String> row = new ArrayList<>(List.of(label));
    for (Coverage coverage : precision.coverage()) {
      row.add(
          TextTables.shareOf(
              step == -2
                  ? coverage.radius50()
                  : step == -1 ? coverage.radius90() : coverage.fromKappa().get(step)));
    }
    return row;
  }

  private void robustness(RobustnessTable robustness) {
    List<List<String>> rows = new ArrayList<>();
    for (RobustnessTable.Row row : robustness.rows()) {
      rows.add(
          List.of(
              row.perturbation(),
              "%,d".formatted(row.lost()),
              "%,d".formatted(row.unanswered()),
              TextTables.meanOf(row.errors()),
              TextTables.differenceOf(row.difference())));
    }
    table(
        "Robustness of " + robustness.model(),
        "Mean angular error, rad, when the same events are disturbed; lost: events that became"
            + " unsound; no answer: events that count as the horizon at azimuth 0.",
        List.of("disturbance", "lost", "no answer", "mean ± error", "minus undisturbed"),
        rows);
  }

  private void absences() {
    if (evaluation.absent().isEmpty()) {
      return;
    }
    page.append("<h2>What could not be told</h2>\n<ul>\n");
    for (Evaluation.Absence absence : evaluation.absent()) {
      page.append("<li>").append(Html.escaped(absence.what())).append(": ");
      page.append(Html.escaped(absence.why())).append("</li>\n");
    }
    page.append("</ul>\n");
  }

  private static String typeset(String text) {
    return Html.escaped(text).replace("+-", "±");
  }

  private void table(String title, String note, List<String> heads, List<List<String>> rows) {
    page.append("<section>\n<h2>").append(Html.escaped(title)).append("</h2>\n<p class=\"note\">");
    page.append(Html.escaped(note)).append("</p>\n<div class=\"scroll\"><table>\n<thead><tr>");
    heads.forEach(
        head -> page.append("<th scope=\"col\">").append(Html.escaped(head)).append("</th>"));
    page.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      page.append("<tr><th scope=\"row\">").append(Html.escaped(row.get(0))).append("</th>");
      row.stream()
          .skip(1)
          .forEach(cell -> page.append("<td>").append(typeset(cell)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</tbody></table></div>\n</section>\n");
  }
}
