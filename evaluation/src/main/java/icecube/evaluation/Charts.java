// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.evaluation.Chart.Mark;
import icecube.evaluation.Chart.Point;
import icecube.evaluation.Chart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The charts of an evaluation; those that it has no numbers for are left out. */
final class Charts {
  private static final String ERROR = "mean angular error, rad";

  /** The least events of a bin that has a point; the tables have those with less, too. */
  private static final int EVENT_COUNT_MIN = 10;

  /** How far aside the error bars of neighbouring models stand, in bins. */
  private static final double ASIDE = 0.09;

  private final Evaluation evaluation;
  private final List<Chart> charts = new ArrayList<>();

  private Charts(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  static List<Chart> of(Evaluation evaluation) {
    Charts charts = new Charts(evaluation);
    charts.errors();
    for (Binning binning : List.of(Binning.ENERGY, Binning.ZENITH, Binning.PULSES)) {
      if (evaluation.isKnown(binning)) {
        charts.errorsBy(binning);
      }
    }
    charts.coverage();
    charts.calibration();
    charts.pulls();
    return List.copyOf(charts.charts);
  }

  private List<ModelResult> models() {
    return evaluation.models();
  }

  private Ink ink(ModelResult model) {
    int place = models().indexOf(model);
    int fits = models().size() - place;
    if (!model.isLineFit()) {
      return Ink.ofModel(place);
    }
    return fits == 2 ? Ink.IMPROVED_FIT : Ink.PLAIN_FIT;
  }

  private void errors() {
    double step = Math.PI / ModelResult.STEP_COUNT;
    List<Series> series = new ArrayList<>();
    double highest = 0;
    for (ModelResult model : models()) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < ModelResult.STEP_COUNT; i++) {
        double percent = 100.0 * model.errorHistogram().get(i) / evaluation.events();
        points.add(Point.of(i * step, percent));
        highest = Math.max(highest, percent);
      }
      points.add(Point.of(Math.PI, points.get(points.size() - 1).y()));
      series.add(new Series(model.name(), ink(model), Mark.STEPS, points));
    }
    Axis x = Axis.ofNumbers("angular error, rad", 0, Math.PI);
    Axis y = Axis.upTo("% of events in 3 degrees", highest);
    charts.add(new Chart("errors", "How far off the answers are", x, y, series));
  }

  private void errorsBy(Binning binning) {
    List<Series> series = new ArrayList<>();
    double highest = 0;
    for (int place = 0; place < models().size(); place++) {
      ModelResult model = models().get(place);
      double aside = (place - (models().size() - 1) / 2.0) * ASIDE;
      List<Point> points = new ArrayList<>();
      List<GroupRow> rows = model.rowsBy(binning);
      for (int bin = 0; bin < rows.size(); bin++) {
        ErrorSummary errors = rows.get(bin).errors();
        Double mean = errors.meanRad();
        if (mean != null && errors.count() >= EVENT_COUNT_MIN) {
          double half = errors.standardErrorRad() == null ? 0 : errors.standardErrorRad();
          points.add(new Point(bin + 0.5 + aside, mean, mean - half, mean + half));
          highest = Math.max(highest, mean + half);
        }
      }
      series.add(new Series(model.name(), ink(model), Mark.DOTS, points));
    }
    if (series.stream().allMatch(one -> one.points().isEmpty())) {
      return;
    }
    Axis y = Axis.upTo(ERROR, highest);
    charts.add(
        new Chart(binning.word(), "Error by " + binning.word(), Axis.ofBins(binning), y, series));
  }

  private void coverage() {
    int number = 0;
    for (ModelResult model : models()) {
      Precision precision = model.precision();
      number++;
      if (precision == null) {
        continue;
      }
      List<Series> series = new ArrayList<>();
      series.add(diagonal(1));
      topology(series, precision, "all", Ink.FIRST);
      topology(series, precision, "track", Ink.SECOND);
      topology(series, precision, "cascade", Ink.THIRD);
      charts.add(
          new Chart(
              "coverage-" + number,
              "Coverage of " + model.name(),
              Axis.ofNumbers("share that should lie within", 0, 1),
              Axis.ofNumbers("share that does", 0, 1),
              series));
    }
  }

  private static Series diagonal(double end) {
    return new Series("ideal", Ink.IDEAL, Mark.DASHES, List.of(Point.of(0, 0), Point.of(end, end)));
  }

  /** A curve from κ, and squares for what the model's own radii hold. */
  private static void topology(List<Series> series, Precision precision, String word, Ink ink) {
    Coverage coverage = Coverage.of(precision.coverage(), word);
    if (coverage == null) {
      return;
    }
    List<Point> curve = points(coverage.fromKappa());
    if (!curve.isEmpty()) {
      series.add(new Series(word + ", from kappa", ink, Mark.DOTS, curve));
    }
    List<Point> radii = points(List.of(coverage.radius50(), coverage.radius90()));
    if (!radii.isEmpty()) {
      series.add(new Series(word + ", own radii", ink, Mark.SQUARES, radii));
    }
  }

  private static List<Point> points(List<Share> shares) {
    List<Point> points = new ArrayList<>();
    for (Share share : shares) {
      Double value = share.share();
      Double error = share.standardError();
      if (value != null && error != null) {
        points.add(new Point(share.nominal(), value, value - error, value + error));
      }
    }
    return points;
  }

  private void calibration() {
    double highest = 0;
    List<Series> series = new ArrayList<>();
    for (ModelResult model : models()) {
      List<Point> points = new ArrayList<>();
      for (CalibrationPoint at : calibrationOf(model)) {
        points.add(
            new Point(
                at.predictedRad(), at.observedRad(), at.observedLowRad(), at.observedHighRad()));
        highest = Math.max(highest, Math.max(at.predictedRad(), at.observedHighRad()));
      }
      addUnlessEmpty(series, model, Mark.DOTS, points);
    }
    if (!series.isEmpty()) {
      double end = Math.max(1e-3, 1.05 * highest);
      series.add(0, diagonal(end));
      Axis x = Axis.ofNumbers("predicted: median 50 % radius, rad", 0, end);
      Axis y = Axis.ofNumbers("observed: median error, rad", 0, end);
      charts.add(new Chart("calibration", "Calibration: ten groups of like radius", x, y, series));
    }
  }

  private static List<CalibrationPoint> calibrationOf(ModelResult model) {
    return model.precision() == null ? List.of() : model.precision().calibration();
  }

  private void addUnlessEmpty(
      List<Series> series, ModelResult model, Mark mark, List<Point> points) {
    if (!points.isEmpty()) {
      series.add(new Series(model.name(), ink(model), mark, points));
    }
  }

  private void pulls() {
    double end = (Pulls.STEP_COUNT - 1) * Pulls.STEP;
    Function<Double, Double> rayleigh = pull -> pull * Math.exp(-pull * pull / 2);
    double highest = rayleigh.apply(1.0);
    List<Series> series = new ArrayList<>();
    for (ModelResult model : models()) {
      List<Point> points = new ArrayList<>();
      Pulls pulls = pullsOf(model);
      for (int step = 0; pulls != null && step + 1 < Pulls.STEP_COUNT; step++) {
        double density = pulls.histogram().get(step) / Pulls.STEP / pulls.count();
        points.add(Point.of(step * Pulls.STEP, density));
        highest = Math.max(highest, density);
      }
      addUnlessEmpty(series, model, Mark.STEPS, points);
    }
    if (!series.isEmpty()) {
      List<Point> ideal = new ArrayList<>();
      for (int i = 0; i <= 100; i++) {
        ideal.add(Point.of(end * i / 100, rayleigh.apply(end * i / 100)));
      }
      series.add(0, new Series("ideal: Rayleigh", Ink.IDEAL, Mark.DASHES, ideal));
      Axis x = Axis.ofNumbers("pull: error in units of its own precision", 0, end);
      Axis y = Axis.upTo("density", highest);
      charts.add(new Chart("pulls", "Pulls", x, y, series));
    }
  }

  private static @Nullable Pulls pullsOf(ModelResult model) {
    return model.precision() == null ? null : model.precision().pulls();
  }
}
