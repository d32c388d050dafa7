// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.AngularError;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import icecube.physics.PulseSeries;
import icecube.physics.perturbation.ArrayTurn;
import icecube.physics.perturbation.DroppedPulses;
import icecube.physics.perturbation.Perturbation;
import icecube.physics.perturbation.TimeJitter;
import icecube.physics.perturbation.TimeOffset;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every disturbance has its row, compared event by event with the undisturbed answers. */
final class RobustnessRunTest {
  private static final DetectorGeometry GEOMETRY = IceCube86.geometry();
  private static final int EVENTS = 200;

  /** Light along a line that runs aslant through the detector, with times as they should be. */
  private static Event aslant(long id, SplittableRandom random) {
    int count = 30;
    int[] sensors = new int[count];
    float[] times = new float[count];
    float[] charges = new float[count];
    for (int pulse = 0; pulse < count; pulse++) {
      sensors[pulse] = IceCube86.sensorId(1 + 2 * pulse, 5 + pulse + random.nextInt(3));
      times[pulse] = 1_000 + 100 * pulse;
      charges[pulse] = 1;
    }
    return new Event(id, PulseSeries.of(sensors, times, charges, new boolean[count]));
  }

  private static RobustnessTable table(RobustnessRun.Answers answers, List<Perturbation> ways) {
    SplittableRandom random = Seeds.random();
    RobustnessRun run = new RobustnessRun("fit", answers, GEOMETRY, ways, 1);
    for (int id = 0; id < EVENTS; id++) {
      run.add(aslant(id, random), Direction.ofAngles(1, 2));
    }
    return run.table();
  }

  @Test
  void everyStandardDisturbanceHasARow() {
    List<Perturbation> ways = Perturbation.standard(GEOMETRY);
    RobustnessTable table = table(RobustnessRun.Answers.of(LineFit.improved()), ways);
    assertThat(table.events()).isEqualTo(EVENTS);
    assertThat(table.rows()).hasSize(ways.size() + 1);
    assertThat(table.rows().get(0).perturbation()).isEqualTo("none");
    assertThat(table.rows().get(0).difference()).isNull();
    for (int row = 1; row < table.rows().size(); row++) {
      assertThat(table.rows().get(row).perturbation()).isEqualTo(ways.get(row - 1).name());
      assertThat(table.rows().get(row).errors().count()).isEqualTo(EVENTS);
      assertThat(requireNonNull(table.rows().get(row).difference()).count()).isEqualTo(EVENTS);
    }
  }

  @Test
  void whatMayNotMatterDoesNotAndWhatMattersDoes() {
    RobustnessTable table =
        table(
            RobustnessRun.Answers.of(LineFit.plain()),
            List.of(new TimeOffset(5_000), ArrayTurn.ofSixth(GEOMETRY), new TimeJitter(2_000)));
    Difference offset = requireNonNull(table.rows().get(1).difference());
    assertThat(offset.meanRad()).isZero();
    assertThat(offset.standardErrorRad()).isZero();
    Difference turned = requireNonNull(table.rows().get(2).difference());
    assertThat(turned.meanRad()).isCloseTo(0, within(1e-3));
    Difference jittered = requireNonNull(table.rows().get(3).difference());
    assertThat(Math.abs(jittered.meanRad())).isGreaterThan(0.01);
  }

  @Test
  void theSameSeedGivesTheSameTable() {
    List<Perturbation> ways = Perturbation.standard(GEOMETRY);
    RobustnessRun.Answers answers = RobustnessRun.Answers.of(LineFit.improved());
    assertThat(table(answers, ways)).isEqualTo(table(answers, ways));
  }

  @Test
  void anEventWithoutAPulseLeftIsLostAndCounted() {
    RobustnessTable table =
        table(RobustnessRun.Answers.of(LineFit.plain()), List.of(new DroppedPulses(1)));
    RobustnessTable.Row row = table.rows().get(1);
    assertThat(row.lost()).isEqualTo(EVENTS);
    assertThat(row.errors().count()).isZero();
    assertThat(row.difference()).isNull();
  }

  @Test
  void anEventWithoutAnAnswerCountsAsTheHorizonAndIsTold() {
    // Every third event gets no answer, the others the truth.
    Direction truth = Direction.ofAngles(1, 2);
    RobustnessRun.Answers answers =
        features ->
            IntStream.range(0, features.eventCount())
                .mapToObj(
                    at ->
                        features.eventId(at) % 3 == 0
                            ? Optional.<Direction>empty()
                            : Optional.of(truth))
                .toList();
    RobustnessTable table = table(answers, List.of(new TimeOffset(1)));
    double horizon = AngularError.kaggleRad(truth, Direction.NO_DIRECTION);
    for (RobustnessTable.Row row : table.rows()) {
      assertThat(row.lost()).isZero();
      assertThat(row.unanswered()).isEqualTo(67);
      assertThat(row.errors().count()).isEqualTo(EVENTS);
      assertThat(row.errors().meanRad()).isCloseTo(horizon * 67 / EVENTS, within(1e-6));
    }
    assertThat(requireNonNull(table.rows().get(1).difference()).meanRad()).isZero();
    assertThat(TextTables.of(table).lines())
        .anyMatch(line -> line.matches(" {4}disturbance +lost no answer +mean .*"))
        .anyMatch(line -> line.matches(" {4}none +0 +67 +.*"));
  }

  @Test
  void differencesArePairedWithTheirOwnEvents() {
    // Answers zenith 0.1 for events of ten pulses or more, 0.2 for smaller ones; the truth is 0.
    RobustnessRun.Answers answers =
        features ->
            IntStream.range(0, features.eventCount())
                .mapToObj(at -> Direction.ofAngles(0, features.rowCount(at) < 30 ? 0.2 : 0.1))
                .map(Optional::of)
                .toList();
    RobustnessRun run =
        new RobustnessRun("steps", answers, GEOMETRY, List.of(new DroppedPulses(0.5)), 1);
    for (int id = 0; id < 70; id++) {
      run.add(aslant(id, Seeds.random()), Direction.ofAngles(0, 0));
    }
    Difference difference = requireNonNull(run.table().rows().get(1).difference());
    assertThat(difference.count()).isEqualTo(70);
    assertThat(difference.meanRad()).isCloseTo(0.1, within(1e-6));
    assertThat(difference.standardErrorRad()).isCloseTo(0, within(1e-9));
  }

  @Test
  void aModelThatAnswersTooFewIsAFault() {
    RobustnessRun run = new RobustnessRun("mute", table -> List.of(), GEOMETRY, List.of(), 1);
    run.add(Cases.climbing(1), Direction.ofAngles(0, 1));
    assertThatThrownBy(run::table).hasMessage("mute: 0 answers (expected: 1, one an event)");
  }

  @Test
  void theTextHasEveryRow() {
    RobustnessTable table =
        table(RobustnessRun.Answers.of(LineFit.improved()), Perturbation.standard(GEOMETRY));
    List<String> lines = TextTables.of(table).lines().toList();
    assertThat(lines).anyMatch(line -> line.contains("robustness of fit: 200 events, seed 1"));
    for (RobustnessTable.Row row : table.rows()) {
      assertThat(lines).anyMatch(line -> line.startsWith("    " + row.perturbation() + " "));
    }
    assertThat(lines)
        .anyMatch(line -> line.matches(" {4}times 5000 ns later .* 0\\.0000 .*0\\.0000"));
  }
}
