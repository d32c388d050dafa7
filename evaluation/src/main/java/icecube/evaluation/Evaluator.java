// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.dataset.DatasetException;
import icecube.evaluation.Evaluation.Absence;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes events with truth one by one, compares them with what models predicted and with the two
 * line fits, and sums up. Holds, beside the tables, 4 bytes an event, 4 for each line fit and 16
 * for each model, up to half as much again in reserve, and the same once more for one model while
 * it sums up: some 60 bytes an event for one model. Confined to one thread.
 */
public final class Evaluator {
  /** The most models that are compared; more do not fit a plot. */
  public static final int MODEL_COUNT_MAX = 6;

  private final List<PredictionTable> tables;
  private final DetectorGeometry geometry;
  private final FeatureBuilder features;
  private final EventColumns events = new EventColumns();
  private final ModelColumns[] models;
  private final long[] unpredictedBy;
  private final ModelColumns improved = ModelColumns.ofDirections();
  private final ModelColumns plain = ModelColumns.ofDirections();
  private final BitSet compared = new BitSet();
  private long withoutTruth;
  private long unsound;
  private long unpredicted;
  private long repeated;

  /**
   * Compares these predictions, the first of which are the reference, with events of this detector.
   *
   * @throws IllegalArgumentException if there is no table, or more than {@link #MODEL_COUNT_MAX}
   */
  public Evaluator(List<PredictionTable> tables, DetectorGeometry geometry) {
    if (tables.isEmpty() || tables.size() > MODEL_COUNT_MAX) {
      throw new IllegalArgumentException(
          "predictions: " + tables.size() + " files (expected: 1.." + MODEL_COUNT_MAX + ")");
    }
    this.tables = List.copyOf(tables);
    this.geometry = geometry;
    this.features = new FeatureBuilder(geometry, FeatureBuilder.ROW_COUNT_MAX);
    this.models = new ModelColumns[tables.size()];
    Arrays.setAll(models, model -> ModelColumns.withPrecision());
    this.unpredictedBy = new long[tables.size()];
  }

  /** Adds an event; without truth it is only counted. */
  public void add(Event event, @Nullable EventTruth truth) {
    if (truth == null) {
      withoutTruth++;
      return;
    }
    if (EventDefect.find(event.pulses(), geometry).isPresent()) {
      unsound++;
      return;
    }
    int[] rows = new int[models.length];
    boolean isPredicted = true;
    for (int model = 0; model < models.length; model++) {
      rows[model] = tables.get(model).find(event.id());
      if (rows[model] < 0) {
        unpredictedBy[model]++;
        isPredicted = false;
      }
    }
    if (!isPredicted) {
      unpredicted++;
    } else if (compared.get(rows[0])) {
      repeated++;
    } else {
      compared.set(rows[0]);
      compare(event, truth, rows);
    }
  }

  private void compare(Event event, EventTruth truth, int[] rows) {
    events.add(truth);
    for (int model = 0; model < models.length; model++) {
      models[model].add(truth, tables.get(model), rows[model]);
    }
    FeatureTable table = features.build(List.of(event));
    fit(LineFit.improved(), table, truth, improved);
    fit(LineFit.plain(), table, truth, plain);
  }

  private static void fit(LineFit fit, FeatureTable table, EventTruth truth, ModelColumns into) {
    Direction answer = fit.fit(table, 0).orElse(Direction.NO_DIRECTION);
    into.add(truth.direction(), answer.azimuthRad(), answer.zenithRad());
  }

  /**
   * Sums up.
   *
   * @throws DatasetException if there is nothing to compare
   */
  public Evaluation evaluate() {
    if (events.count() == 0) {
      throw DatasetException.input(
          ("events: none with truth and a prediction of every model (expected: train_meta with"
                  + " azimuth and zenith, and the same event ids in both; found: %,d without truth,"
                  + " %,d unsound, %,d without a prediction)")
              .formatted(withoutTruth, unsound, unpredicted),
          null);
    }
    List<ModelResult> results = new ArrayList<>();
    for (int model = 0; model < models.length; model++) {
      results.add(result(model));
    }
    results.add(result("improved line fit", improved));
    results.add(result("plain line fit", plain));
    return new Evaluation(
        events.count(),
        withoutTruth,
        unsound,
        unpredicted,
        repeated,
        tables.get(0).name(),
        results,
        absences(results),
        List.of());
  }

  private ModelResult result(int model) {
    PredictionTable table = tables.get(model);
    ModelColumns columns = models[model];
    return new ModelResult(
        table.name(),
        new ModelResult.Source(
            table.file().toString(), table.count(), unpredictedBy[model], table.foreignCount()),
        summary(columns),
        difference(columns),
        groups(columns),
        histogram(columns.errorsRad()),
        columns.precision());
  }

  private ModelResult result(String name, ModelColumns columns) {
    return new ModelResult(
        name,
        null,
        summary(columns),
        difference(columns),
        groups(columns),
        histogram(columns.errorsRad()),
        null);
  }

  private static ErrorSummary summary(ModelColumns columns) {
    float[] sorted = columns.errorsRad().sortedNumbers();
    return ErrorSummary.ofSorted(sorted, 0, sorted.length);
  }

  private @Nullable FloatColumn referenceOf(ModelColumns columns) {
    return columns == models[0] ? null : models[0].errorsRad();
  }

  private @Nullable Difference difference(ModelColumns columns) {
    FloatColumn reference = referenceOf(columns);
    if (reference == null) {
      return null;
    }
    MeanAndError difference = new MeanAndError();
    for (int event = 0; event < reference.count(); event++) {
      difference.add((double) columns.errorsRad().at(event) - reference.at(event));
    }
    return difference.toDifference();
  }

  private List<GroupRow> groups(ModelColumns columns) {
    List<GroupRow> rows = new ArrayList<>();
    for (Binning binning : Binning.values()) {
      if (events.isKnown(binning)) {
        rows.addAll(events.rows(binning, columns.errorsRad(), referenceOf(columns)));
      }
    }
    return rows;
  }

  private static List<Long> histogram(FloatColumn errorsRad) {
    long[] counts = new long[ModelResult.STEP_COUNT];
    for (int event = 0; event < errorsRad.count(); event++) {
      double step = errorsRad.at(event) / Math.PI * ModelResult.STEP_COUNT;
      counts[(int) Math.min(ModelResult.STEP_COUNT - 1.0, step)]++;
    }
    return Arrays.stream(counts).boxed().toList();
  }

  private List<Absence> absences(List<ModelResult> results) {
    List<Absence> absences = new ArrayList<>();
    if (!events.isKnown(Binning.ENERGY)) {
      absences.add(new Absence("errors by energy", "the meta has no column energy_gev"));
    }
    if (!events.isKnown(Binning.TOPOLOGY)) {
      absences.add(
          new Absence("errors and coverage by topology", "the meta has no column is_track"));
    }
    for (ModelResult result : results) {
      Precision precision = result.precision();
      ModelResult.Source source = result.source();
      if (source == null) {
        continue;
      }
      if (precision == null) {
        absences.add(
            new Absence(
                "coverage, pulls and calibration of " + result.name(),
                source.file() + " tells neither kappa nor radii"));
      } else if (precision.pulls() == null) {
        absences.add(
            new Absence(
                "the p-p curve and pulls of " + result.name(), source.file() + " tells no kappa"));
      }
    }
    return absences;
  }
}
