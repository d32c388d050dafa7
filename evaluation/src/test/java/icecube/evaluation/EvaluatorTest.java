// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small cases whose every number is known beforehand. */
final class EvaluatorTest {
  private static final Offset<Double> SINGLE = within(1e-6);

  @TempDir private Path folder;

  private Evaluator evaluator(PredictionTable... tables) {
    return new Evaluator(List.of(tables), IceCube86.geometry());
  }

  private PredictionTable table(String name, PredictionRow... rows) {
    return Cases.table(folder, name, List.of(rows));
  }

  @Test
  void meanErrorMedianAndQuantileAreThoseComputedByHand() {
    // Truth at the zenith angle 1; answers off by 0.1, 0.2, 0.3 and 1.0 along the meridian.
    Evaluator evaluator =
        evaluator(
            table(
                "model",
                Cases.row(1, 2, 1.1),
                Cases.row(2, 2, 1.2),
                Cases.row(3, 2, 0.7),
                Cases.row(4, 2, 2.0)));
    for (int id = 1; id <= 4; id++) {
      evaluator.add(Cases.climbing(id), Cases.truth(2, 1));
    }
    ErrorSummary errors = evaluator.evaluate().models().get(0).errors();
    assertThat(errors.count()).isEqualTo(4);
    assertThat(errors.meanRad()).isCloseTo(0.4, SINGLE);
    // Squares of −0.3, −0.2, −0.1, 0.6 sum to 0.5; √(0.5/3/4).
    assertThat(errors.standardErrorRad()).isCloseTo(Math.sqrt(0.5 / 12), SINGLE);
    assertThat(errors.medianRad()).isCloseTo(0.25, SINGLE);
    // Place 0.68 · 3 = 2.04, between 0.3 and 1.0.
    assertThat(errors.quantile68Rad()).isCloseTo(0.3 + 0.04 * 0.7, SINGLE);
  }

  @Test
  void theLineFitsStandBesideOnTheSameEvents() {
    Evaluator evaluator = evaluator(table("model", Cases.row(1, 0, Math.PI - 0.5)));
    evaluator.add(Cases.climbing(1), Cases.truth(0, Math.PI - 0.25));
    Evaluation evaluation = evaluator.evaluate();
    assertThat(evaluation.models())
        .extracting(ModelResult::name)
        .containsExactly("model", "improved line fit", "plain line fit");
    for (ModelResult fit : evaluation.models().subList(1, 3)) {
      assertThat(fit.errors().meanRad()).isCloseTo(0.25, within(1e-4));
      assertThat(requireNonNull(fit.difference()).meanRad()).isCloseTo(0, within(1e-4));
      assertThat(requireNonNull(fit.difference()).standardErrorRad()).isNull();
    }
  }

  @Test
  void anEventThatFixesNoLineIsAnsweredAsTheServerDoes() {
    Event once =
        new Event(
            1,
            PulseSeries.of(new int[] {5}, new float[] {9}, new float[] {1}, new boolean[] {false}));
    Evaluator evaluator = evaluator(table("model", Cases.row(1, 0, 1)));
    evaluator.add(once, Cases.truth(0, 1));
    assertThat(evaluator.evaluate().models().get(1).errors().meanRad())
        .isCloseTo(Math.PI / 2 - 1, SINGLE);
  }

  @Test
  void modelsAreComparedEventByEvent() {
    PredictionTable first = table("a", Cases.row(1, 0, 1.3), Cases.row(2, 0, 1.1));
    PredictionTable second = table("b", Cases.row(2, 0, 1.3), Cases.row(1, 0, 1.1));
    Evaluator evaluator = evaluator(first, second);
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    evaluator.add(Cases.climbing(2), Cases.truth(0, 1));
    Evaluation evaluation = evaluator.evaluate();
    assertThat(evaluation.reference()).isEqualTo("a");
    assertThat(evaluation.models().get(0).difference()).isNull();
    Difference difference = requireNonNull(evaluation.models().get(1).difference());
    // −0.2 and +0.2: equal in the mean, yet different by 0.2 event by event.
    assertThat(difference.count()).isEqualTo(2);
    assertThat(difference.meanRad()).isCloseTo(0, SINGLE);
    assertThat(difference.standardErrorRad()).isCloseTo(0.2, SINGLE);
  }

  @Test
  void onlyEventsThatEveryModelPredictsAreCompared() {
    PredictionTable all = table("all", Cases.row(1, 0, 1), Cases.row(2, 0, 1), Cases.row(9, 0, 1));
    PredictionTable some = table("some", Cases.row(2, 0, 1));
    Evaluator evaluator = evaluator(all, some);
    for (int id = 1; id <= 3; id++) {
      evaluator.add(Cases.climbing(id), Cases.truth(0, 1));
    }
    Evaluation evaluation = evaluator.evaluate();
    assertThat(evaluation.events()).isEqualTo(1);
    assertThat(evaluation.unpredicted()).isEqualTo(2);
    ModelResult.Source first = requireNonNull(evaluation.models().get(0).source());
    assertThat(first.file()).endsWith("all.parquet");
    assertThat(first.predictions()).isEqualTo(3);
    assertThat(first.unpredicted()).isEqualTo(1);
    assertThat(first.foreign()).isEqualTo(1);
    ModelResult.Source second = requireNonNull(evaluation.models().get(1).source());
    assertThat(second.unpredicted()).isEqualTo(2);
    assertThat(second.foreign()).isZero();
  }

  @Test
  void eventsWithoutTruthUnsoundAndRepeatedOnesAreCountedAndLeftOut() {
    Evaluator evaluator =
        evaluator(table("model", Cases.row(1, 0, 1), Cases.row(2, 0, 1), Cases.row(3, 0, 1)));
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    evaluator.add(Cases.climbing(1), Cases.truth(0, 2));
    evaluator.add(Cases.climbing(2), null);
    evaluator.add(new Event(3, PulseSeries.EMPTY), Cases.truth(0, 1));
    Evaluation evaluation = evaluator.evaluate();
    assertThat(evaluation.events()).isEqualTo(1);
    assertThat(evaluation.withoutTruth()).isEqualTo(1);
    assertThat(evaluation.unsound()).isEqualTo(1);
    assertThat(evaluation.repeated()).isEqualTo(1);
    assertThat(evaluation.models().get(0).errors().meanRad()).isZero();
  }

  @Test
  void nothingToCompareSaysWhatWasFound() {
    Evaluator evaluator = evaluator(table("model", Cases.row(7, 0, 1)));
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    evaluator.add(Cases.climbing(2), null);
    assertThatThrownBy(evaluator::evaluate)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("none with truth and a prediction of every model")
        .hasMessageContaining("found: 1 without truth, 0 unsound, 1 without a prediction");
  }

  @Test
  void groupsKeepEveryBinAndEveryEvent() {
    Evaluator evaluator =
        evaluator(
            table("model", Cases.row(1, 0, 1.25), Cases.row(2, 0, 1.5), Cases.row(3, 0, 1.75)));
    Direction truth = Direction.ofAngles(0, 1);
    evaluator.add(Cases.climbing(1), Cases.truth(truth, 99.0, true));
    evaluator.add(Cases.climbing(2), Cases.truth(truth, 100.0, true));
    evaluator.add(Cases.climbing(3), Cases.truth(truth, 2e7, false));
    ModelResult model = evaluator.evaluate().models().get(0);
    assertThat(model.rowsBy(Binning.ENERGY)).hasSize(12);
    assertThat(model.rowsBy(Binning.ENERGY))
        .extracting(row -> row.errors().count())
        .containsExactly(1L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
    assertThat(model.rowsBy(Binning.TOPOLOGY).get(0).errors().meanRad()).isCloseTo(0.375, SINGLE);
    assertThat(model.rowsBy(Binning.TOPOLOGY).get(1).errors().meanRad()).isCloseTo(0.75, SINGLE);
    assertThat(model.rowsBy(Binning.PULSES).get(0).errors().count()).isEqualTo(3);
    // cos 1 = 0.54
    assertThat(model.rowsBy(Binning.ZENITH).get(7).errors().count()).isEqualTo(3);
    assertThat(model.rowsBy(Binning.ENERGY).get(4).errors().meanRad()).isNull();
    assertThat(model.rowsBy(Binning.ENERGY).get(4).difference()).isNull();
  }

  @Test
  void whatKaggleDoesNotTellIsAbsentWithAReason() {
    Evaluator evaluator = evaluator(table("model", Cases.row(1, 0, 1)));
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    Evaluation evaluation = evaluator.evaluate();
    assertThat(evaluation.isKnown(Binning.ENERGY)).isFalse();
    assertThat(evaluation.isKnown(Binning.TOPOLOGY)).isFalse();
    assertThat(evaluation.isKnown(Binning.ZENITH)).isTrue();
    assertThat(evaluation.absent())
        .extracting(Evaluation.Absence::why)
        .contains("the meta has no column energy_gev", "the meta has no column is_track")
        .anyMatch(why -> why.endsWith("model.parquet tells neither kappa nor radii"));
    assertThat(evaluation.models().get(0).precision()).isNull();
  }

  @Test
  void theHistogramHoldsEveryEvent() {
    Evaluator evaluator =
        evaluator(
            table("model", Cases.row(1, 0, 0), Cases.row(2, 0, 0.06), Cases.row(3, 0, Math.PI)));
    for (int id = 1; id <= 3; id++) {
      evaluator.add(Cases.climbing(id), Cases.truth(0, 0));
    }
    List<Long> histogram = evaluator.evaluate().models().get(0).errorHistogram();
    assertThat(histogram).hasSize(60);
    assertThat(histogram.get(0)).isEqualTo(1);
    assertThat(histogram.get(1)).isEqualTo(1);
    assertThat(histogram.get(59)).isEqualTo(1);
  }

  @Test
  void asManyModelsAsThePlotsHaveColoursForAreTakenAndNoMore() {
    List<PredictionTable> six =
        IntStream.range(0, Evaluator.MODEL_COUNT_MAX)
            .mapToObj(i -> table("model" + i, Cases.row(1, 0, 1)))
            .toList();
    assertThat(new Evaluator(six, IceCube86.geometry())).isNotNull();
    List<PredictionTable> seven = new ArrayList<>(six);
    seven.add(six.get(0));
    assertThatThrownBy(() -> new Evaluator(seven, IceCube86.geometry()))
        .hasMessage("predictions: 7 files (expected: 1..6)");
    assertThatThrownBy(() -> new Evaluator(List.of(), IceCube86.geometry()))
        .hasMessage("predictions: 0 files (expected: 1..6)");
  }
}
