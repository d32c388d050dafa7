// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;

import icecube.physics.AngularError;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import icecube.physics.perturbation.Perturbation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model for the same events undisturbed and disturbed in every way, and compares event by
 * event. An event without an answer counts as {@link Direction#NO_DIRECTION}, as in Kaggle's score,
 * and is counted. Holds {@value #BATCH_EVENTS} events and 4 bytes an event and disturbance.
 * Confined to one thread.
 */
public final class RobustnessRun {
  /** Events asked for at once. */
  static final int BATCH_EVENTS = 64;

  private final String model;
  private final Answers answers;
  private final long seed;
  private final Tally undisturbed;
  private final List<Tally> disturbed;
  private final List<Event> events = new ArrayList<>();
  private final List<Direction> truths = new ArrayList<>();

  /** What answers. */
  @FunctionalInterface
  public interface Answers {
    /** The direction of each event of the table, in its order; empty where there is none. */
    List<Optional<Direction>> of(FeatureTable table);

    /** A line fit. */
    static Answers of(LineFit fit) {
      return table ->
          IntStream.range(0, table.eventCount()).mapToObj(event -> fit.fit(table, event)).toList();
    }
  }

  /** Disturbs events of this detector in these ways, with chance from {@code seed}. */
  public RobustnessRun(
      String model,
      Answers answers,
      DetectorGeometry geometry,
      List<Perturbation> perturbations,
      long seed) {
    this.model = requireNonNull(model, "model");
    this.answers = requireNonNull(answers, "answers");
    this.seed = seed;
    this.undisturbed = new Tally("none", null, geometry);
    this.disturbed =
        perturbations.stream()
            .map(way -> new Tally(way.name(), way, way.geometry(geometry)))
            .toList();
  }

  /** Adds an event that is sound and whose truth is known. */
  public void add(Event event, Direction truth) {
    events.add(event);
    truths.add(truth);
    if (events.size() == BATCH_EVENTS) {
      ask();
    }
  }

  /** What has become of all events added, one row for each disturbance. */
  public RobustnessTable table() {
    ask();
    List<RobustnessTable.Row> rows = new ArrayList<>();
    rows.add(undisturbed.row());
    disturbed.forEach(tally -> rows.add(tally.row()));
    return new RobustnessTable(model, undisturbed.errorsRad.count(), seed, rows);
  }

  private void ask() {
    if (events.isEmpty()) {
      return;
    }
    double[] before = undisturbed.ask(events, truths, null);
    for (Tally tally : disturbed) {
      tally.ask(events, truths, before);
    }
    events.clear();
    truths.clear();
  }

  /** One row in the making. */
  private final class Tally {
    private final String name;
    private final @Nullable Perturbation way;
    private final DetectorGeometry detector;
    private final FeatureBuilder features;
    private final FloatColumn errorsRad = new FloatColumn();
    private final MeanAndError difference = new MeanAndError();
    private long lost;
    private long unanswered;

    Tally(String name, @Nullable Perturbation way, DetectorGeometry detector) {
      this.name = name;
      this.way = way;
      this.detector = detector;
      this.features = new FeatureBuilder(detector, FeatureBuilder.ROW_COUNT_MAX);
    }

    /** The errors of these events; compared with those {@code before}, if there are any. */
    double[] ask(List<Event> batch, List<Direction> truth, double @Nullable [] before) {
      List<Event> sound = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (int place = 0; place < batch.size(); place++) {
        Event event = way == null ? batch.get(place) : way.perturb(batch.get(place), seed);
        if (EventDefect.find(event.pulses(), detector).isPresent()) {
          lost++;
        } else {
          sound.add(event);
          places.add(place);
        }
      }
      double[] errors = new double[batch.size()];
      List<Optional<Direction>> directions = sound.isEmpty() ? List.of() : answersOf(sound);
      for (int at = 0; at < directions.size(); at++) {
        int place = places.get(at);
        Direction now = way == null ? truth.get(place) : way.truth(truth.get(place));
        unanswered += directions.get(at).isPresent() ? 0 : 1;
        errors[place] =
            AngularError.kaggleRad(now, directions.get(at).orElse(Direction.NO_DIRECTION));
        errorsRad.add(errors[place]);
        if (before != null) {
          difference.add(errors[place] - before[place]);
        }
      }
      return errors;
    }

    private List<Optional<Direction>> answersOf(List<Event> sound) {
      List<Optional<Direction>> directions = answers.of(features.build(sound));
      if (directions.size() != sound.size()) {
        throw new IllegalStateException(
            "%s: %d answers (expected: %d, one an event)"
                .formatted(model, directions.size(), sound.size()));
      }
      return directions;
    }

    RobustnessTable.Row row() {
      float[] sorted = errorsRad.sortedNumbers();
      return new RobustnessTable.Row(
          name,
          lost,
          unanswered,
          ErrorSummary.ofSorted(sorted, 0, sorted.length),
          difference.toDifference());
    }
  }
}
