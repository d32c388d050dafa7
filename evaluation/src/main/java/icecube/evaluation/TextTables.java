// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as tables in plain text, for a terminal: in ASCII, as not every terminal is told to
 * show more.
 */
public final class TextTables {
  private static final int LABEL_WIDTH = 24;
  private static final String NONE = "-";

  /** Wide enough for what is done to events. */
  private static final int DISTURBANCE_WIDTH = 26;

  private final StringBuilder out = new StringBuilder();
  private final int nameWidth;

  private TextTables(int nameWidth) {
    this.nameWidth = nameWidth;
  }

  /** All tables, line by line. */
  public static String of(Evaluation evaluation) {
    TextTables tables =
        new TextTables(
            evaluation.models().stream()
                .mapToInt(model -> model.name().length())
                .reduce(LABEL_WIDTH, Math::max));
    tables.events(evaluation);
    tables.models(evaluation);
    for (Binning binning : Binning.values()) {
      if (evaluation.isKnown(binning)) {
        tables.groups(evaluation, binning);
      }
    }
    for (ModelResult model : evaluation.models()) {
      if (model.precision() != null) {
        tables.precision(model.name(), model.precision());
      }
    }
    tables.absences(evaluation);
    evaluation.robustness().forEach(table -> tables.out.append(of(table)));
    return tables.out.toString();
  }

  /** What disturbances do, one line each. */
  static String of(RobustnessTable robustness) {
    TextTables table = new TextTables(DISTURBANCE_WIDTH);
    table.out.append(System.lineSeparator());
    table.line(
        "robustness of %s: %,d events, seed %d",
        robustness.model(), robustness.events(), robustness.seed());
    table.line(
        "%s %9s %9s  %-16s %8s   %s",
        table.padded("  disturbance"),
        "lost",
        "no answer",
        "mean +- error",
        "median",
        "minus undisturbed");
    for (RobustnessTable.Row row : robustness.rows()) {
      table.line(
          "%s %,9d %,9d  %-16s %8s   %s",
          table.padded("  " + row.perturbation()),
          row.lost(),
          row.unanswered(),
          meanOf(row.errors()),
          number(row.errors().medianRad()),
          differenceOf(row.difference()));
    }
    return table.out.toString();
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, "  " + format, arguments).stripTrailing())
        .append(System.lineSeparator());
  }

  private void events(Evaluation evaluation) {
    line(
        "%-20s %,d (%,d without a prediction, %,d without truth, %,d unsound, %,d repeated)",
        "events",
        evaluation.events(),
        evaluation.unpredicted(),
        evaluation.withoutTruth(),
        evaluation.unsound(),
        evaluation.repeated());
    for (ModelResult model : evaluation.models()) {
      ModelResult.Source source = model.source();
      if (source != null) {
        line(
            "%-20s %,d predictions, %,d events without one, %,d of other events",
            model.name(), source.predictions(), source.unpredicted(), source.foreign());
      }
    }
  }

  private void models(Evaluation evaluation) {
    out.append(System.lineSeparator());
    line(
        "%s  %-17s %8s %8s   %s",
        padded("angular error, rad"),
        "    mean +- error",
        "median",
        "68 %",
        "minus " + evaluation.reference());
    for (ModelResult model : evaluation.models()) {
      line(
          "%s  %17s %8s %8s   %s",
          padded(model.name()),
          meanOf(model.errors()),
          number(model.errors().medianRad()),
          number(model.errors().quantile68Rad()),
          model.difference() == null ? "" : differenceOf(model.difference()));
    }
  }

  private String padded(String text) {
    return String.format(Locale.ROOT, "%-" + nameWidth + "s", text);
  }

  /** For example {@code 1.1240 +- 0.0046}. */
  static String meanOf(ErrorSummary errors) {
    return withError(errors.meanRad(), errors.standardErrorRad(), "%.4f");
  }

  /** For example {@code +0.0553 +- 0.0020}. */
  static String differenceOf(@Nullable Difference difference) {
    return difference == null
        ? NONE
        : withError(difference.meanRad(), difference.standardErrorRad(), "%+.4f");
  }

  /** For example {@code 0.5012 +- 0.0035}. */
  static String shareOf(Share share) {
    return withError(share.share(), share.standardError(), "%.4f");
  }

  private static String withError(@Nullable Double value, @Nullable Double error, String format) {
    if (value == null) {
      return NONE;
    }
    // What rounds to nothing has no sign.
    boolean isNothing = Math.abs(value) < 0.5e-4;
    String text = isNothing ? "0.0000" : String.format(Locale.ROOT, format, value);
    return error == null ? text + " +- -" : text + String.format(Locale.ROOT, " +- %.4f", error);
  }

  static String number(@Nullable Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, "%.4f", value);
  }

  private void groups(Evaluation evaluation, Binning binning) {
    out.append(System.lineSeparator());
    StringBuilder names = new StringBuilder();
    StringBuilder heads = new StringBuilder();
    for (ModelResult model : evaluation.models()) {
      names.append(String.format(Locale.ROOT, "  %-25.25s", model.name()));
      heads.append(String.format(Locale.ROOT, "  %-16s %8s", "mean +- error", "median"));
    }
    line("%s %9s%s", padded("by " + binning.title()), "events", names);
    line("%s %9s%s", padded(""), "", heads);
    List<List<GroupRow>> columns =
        evaluation.models().stream().map(model -> model.rowsBy(binning)).toList();
    for (int bin = 0; bin < binning.bins().size(); bin++) {
      StringBuilder cells = new StringBuilder();
      for (List<GroupRow> column : columns) {
        ErrorSummary errors = column.get(bin).errors();
        cells.append(
            String.format(Locale.ROOT, "  %-16s %8s", meanOf(errors), number(errors.medianRad())));
      }
      GroupRow first = columns.get(0).get(bin);
      line("%s %,9d%s", padded("  " + first.bin().label()), first.errors().count(), cells);
    }
  }

  private void precision(String name, Precision precision) {
    out.append(System.lineSeparator());
    StringBuilder heads = new StringBuilder();
    for (Coverage coverage : precision.coverage()) {
      heads.append(String.format(Locale.ROOT, "  %-17s", coverage.topology()));
    }
    line("coverage of %s", name);
    line("%s  %s", padded(""), heads);
    coverageRow("  own 50 % radius", precision.coverage().stream().map(Coverage::radius50));
    coverageRow("  own 90 % radius", precision.coverage().stream().map(Coverage::radius90));
    for (int step = 0; step < Coverage.STEPS - 1; step++) {
      int at = step;
      coverageRow(
          "  %2d %% by kappa".formatted((step + 1) * 100 / Coverage.STEPS),
          precision.coverage().stream().map(coverage -> coverage.fromKappa().get(at)));
    }
    line(
        "%s  %,d lack kappa, %,d the 50 %% radius, %,d the 90 %% radius",
        padded("  events"),
        precision.withoutKappa(),
        precision.withoutRadius50(),
        precision.withoutRadius90());
    if (precision.pulls() != null) {
      line("%s  %s", padded("  pulls"), pullsOf(precision.pulls()));
    }
  }

  private void coverageRow(String label, Stream<Share> shares) {
    StringBuilder cells = new StringBuilder();
    shares.forEach(share -> cells.append(String.format(Locale.ROOT, "  %-17s", shareOf(share))));
    line("%s  %s", padded(label), cells);
  }

  static String pullsOf(Pulls pulls) {
    return String.format(
        Locale.ROOT,
        "median %.3f (expected %.3f), 68 %% below %.3f (%.3f), 90 %% below %.3f (%.3f)",
        pulls.median(),
        pulls.expectedMedian(),
        pulls.quantile68(),
        pulls.expectedQuantile68(),
        pulls.quantile90(),
        pulls.expectedQuantile90());
  }

  private void absences(Evaluation evaluation) {
    if (!evaluation.absent().isEmpty()) {
      out.append(System.lineSeparator());
    }
    for (Evaluation.Absence absence : evaluation.absent()) {
      line("absent: %s (%s)", absence.what(), absence.why());
    }
  }
}
