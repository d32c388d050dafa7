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
import org.jspecify.annotations.Nullable;

/**
 * Asks a model for the same events undisturbed and disturbed in every way, and compares event by
 * event. Holds {@value #BATCH_EVENTS} events and 4 bytes an event and disturbance. Confined to one
 * thread.
 */
public final class RobustnessRun {
  /** Events asked for at once. */
  static final int BATCH_EVENTS = 64;

  /** What a line fit that finds no line answers, as the model server does. */
  private static final Direction NO_DIRECTION = Direction.ofAngles(0, Math.PI / 2);

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
    /** The direction of each event of the table, in its order. */
    List<Direction> of(FeatureTable table);

    /** A line fit; where it finds no line, it answers as the model server does. */
    static Answers of(LineFit fit) {
      return table -> {
        List<Direction> directions = new ArrayList<>();
        for (int event = 0; event < table.eventCount(); event++) {
          directions.add(fit.fit(table, event).orElse(NO_DIRECTION));
        }
        return directions;
      };
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
      List<Direction> directions = sound.isEmpty() ? List.of() : answersOf(sound);
      for (int at = 0; at < directions.size(); at++) {
        int place = places.get(at);
        Direction now = way == null ? truth.get(place) : way.truth(truth.get(place));
        errors[place] = AngularError.kaggleRad(now, directions.get(at));
        errorsRad.add(errors[place]);
        if (before != null) {
          difference.add(errors[place] - before[place]);
        }
      }
      return errors;
    }

    private List<Direction> answersOf(List<Event> sound) {
      List<Direction> directions = answers.of(features.build(sound));
      if (directions.size() != sound.size()) {
        throw new IllegalStateException(
            "%s: %d directions (expected: %d, one an event)"
                .formatted(model, directions.size(), sound.size()));
      }
      return directions;
    }

    RobustnessTable.Row row() {
      float[] sorted = errorsRad.sortedNumbers();
      return new RobustnessTable.Row(
          name, lost, ErrorSummary.ofSorted(sorted, 0, sorted.length), difference.toDifference());
    }
  }
}
