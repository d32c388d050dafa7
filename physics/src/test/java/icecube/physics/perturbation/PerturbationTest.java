// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.AngularError;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import icecube.physics.PulseSeries;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is disturbed, by how much, and what is left alone. */
final class PerturbationTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x5eed_0007L);
  private static final String HINT = "-Dicecube.seed=" + SEED;
  private static final DetectorGeometry GEOMETRY = IceCube86.geometry();
  private static final int COUNT = 20_000;

  /** Pulses of charge 1 all over the detector, 1 ns apart on average, one in two auxiliary. */
  private static Event event(long id, int count) {
    SplittableRandom random = new SplittableRandom(SEED + id);
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    boolean[] auxiliary = new boolean[count];
    int clock = 9_000;
    for (int pulse = 0; pulse < count; pulse++) {
      clock += random.nextInt(3);
      sensorId[pulse] = random.nextInt(GEOMETRY.sensorCount());
      timeNs[pulse] = clock;
      chargePe[pulse] = 1;
      auxiliary[pulse] = random.nextBoolean();
    }
    return new Event(id, PulseSeries.of(sensorId, timeNs, chargePe, auxiliary));
  }

  static Stream<Perturbation> all() {
    return Perturbation.standard(GEOMETRY).stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void theSameSeedGivesTheSameEventInAnyOrder(Perturbation perturbation) {
    Event first = perturbation.perturb(event(1, 300), SEED);
    Event second = perturbation.perturb(event(2, 300), SEED);
    assertThat(perturbation.perturb(event(2, 300), SEED)).isEqualTo(second);
    assertThat(perturbation.perturb(event(1, 300), SEED)).isEqualTo(first);
    assertThat(first.id()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSoundEventStaysSound(Perturbation perturbation) {
    for (int id = 0; id < 50; id++) {
      Event disturbed = perturbation.perturb(event(id, 200), SEED);
      assertThat(EventDefect.find(disturbed.pulses(), perturbation.geometry(GEOMETRY)))
          .as(HINT)
          .isEmpty();
    }
    assertThat(perturbation.perturb(new Event(1, PulseSeries.EMPTY), SEED).pulses().count())
        .isZero();
  }

  @Test
  void theTableHasEightRowsWithTheirSizes() {
    assertThat(all().map(Perturbation::name))
        .containsExactly(
            "time jitter 10 ns",
            "charge noise 40 %",
            "auxiliary flipped 10 %",
            "pulses dropped 10 %",
            "sensors dead 10 %",
            "strings dead 5 of 86",
            "array turned 60 degrees",
            "times 5000 ns later");
  }

  @Test
  void jitterMovesTimesByItsWidthAndSortsThem() {
    int[] sensors = new int[COUNT];
    float[] times = new float[COUNT];
    float[] charges = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      sensors[i] = i % 5_160;
      times[i] = 100_000;
      charges[i] = i + 1;
    }
    Event event = new Event(5, PulseSeries.of(sensors, times, charges, new boolean[COUNT]));
    PulseSeries jittered = new TimeJitter(10).perturb(event, SEED).pulses();
    double squares = 0;
    for (int i = 0; i < COUNT; i++) {
      assertThat(jittered.timeNs(i)).isEqualTo((float) Math.rint(jittered.timeNs(i)));
      assertThat(i == 0 || jittered.timeNs(i) >= jittered.timeNs(i - 1)).isTrue();
      // Sensor and charge go with their time.
      assertThat(jittered.sensorId(i)).isEqualTo((int) (jittered.chargePe(i) - 1) % 5_160);
      squares += Math.pow(jittered.timeNs(i) - 100_000, 2);
    }
    assertThat(Math.sqrt(squares / COUNT)).as(HINT).isCloseTo(10, within(0.2));
  }

  @Test
  void jitterKeepsTimesWithinThoseThatAreSound() {
    PulseSeries edges =
        PulseSeries.of(
            new int[] {1, 2},
            new float[] {0, EventDefect.TIME_NS_MAX},
            new float[] {1, 1},
            new boolean[2]);
    for (int id = 0; id < 40; id++) {
      PulseSeries jittered = new TimeJitter(1_000).perturb(new Event(id, edges), SEED).pulses();
      assertThat(EventDefect.find(jittered, GEOMETRY)).isEmpty();
    }
  }

  @Test
  void chargeNoiseHasMeanOneAndItsWidth() {
    PulseSeries noisy = new ChargeNoise(0.4).perturb(event(1, COUNT), SEED).pulses();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < COUNT; i++) {
      sum += noisy.chargePe(i);
      squares += Math.pow(noisy.chargePe(i) - 1, 2);
    }
    assertThat(sum / COUNT).as(HINT).isCloseTo(1, within(0.012));
    assertThat(Math.sqrt(squares / COUNT)).as(HINT).isCloseTo(0.4, within(0.02));
  }

  @Test
  void flagsAreFlippedBothWaysAndNothingElseIsTouched() {
    Event event = event(1, COUNT);
    PulseSeries flipped = new AuxiliaryFlips(0.1).perturb(event, SEED).pulses();
    int[] flips = new int[2];
    for (int i = 0; i < COUNT; i++) {
      if (flipped.auxiliary(i) != event.pulses().auxiliary(i)) {
        flips[flipped.auxiliary(i) ? 1 : 0]++;
      }
      assertThat(flipped.timeNs(i)).isEqualTo(event.pulses().timeNs(i));
      assertThat(flipped.sensorId(i)).isEqualTo(event.pulses().sensorId(i));
    }
    assertThat(flips[0]).as(HINT).isCloseTo(COUNT / 20, within(150));
    assertThat(flips[1]).as(HINT).isCloseTo(COUNT / 20, within(150));
    PulseSeries all = new AuxiliaryFlips(1).perturb(event, SEED).pulses();
    assertThat(all.auxiliary(7)).isNotEqualTo(event.pulses().auxiliary(7));
  }

  @Test
  void droppedPulsesAreGoneByTheirShare() {
    Event event = event(1, COUNT);
    int left = new DroppedPulses(0.1).perturb(event, SEED).pulses().count();
    assertThat(left).as(HINT).isCloseTo(COUNT * 9 / 10, within(200));
    assertThat(new DroppedPulses(0).perturb(event, SEED)).isEqualTo(event);
    assertThat(new DroppedPulses(1).perturb(event, SEED).pulses().count()).isZero();
  }

  @Test
  void aDeadSensorLosesAllItsPulsesAndAnotherEventHasOthers() {
    Event event = event(1, COUNT);
    Map<Integer, Integer> before = pulsesBySensor(event);
    Map<Integer, Integer> after = pulsesBySensor(new DeadSensors(0.1).perturb(event, SEED));
    after.forEach((sensor, pulses) -> assertThat(pulses).isEqualTo(before.get(sensor)));
    assertThat(after.size()).as(HINT).isCloseTo(before.size() * 9 / 10, within(120));
    Event other = new Event(2, event.pulses());
    assertThat(pulsesBySensor(new DeadSensors(0.1).perturb(other, SEED))).isNotEqualTo(after);
  }

  private static Map<Integer, Integer> pulsesBySensor(Event event) {
    Map<Integer, Integer> count = new HashMap<>();
    for (int pulse = 0; pulse < event.pulses().count(); pulse++) {
      count.merge(event.pulses().sensorId(pulse), 1, Integer::sum);
    }
    return count;
  }

  @Test
  void deadStringsAreAsManyAsSaidAndEachMayBeOne() {
    Set<Integer> everDead = new HashSet<>();
    for (int id = 0; id < 200; id++) {
      Event event = new Event(id, event(1, COUNT).pulses());
      Set<Integer> alive = new HashSet<>();
      PulseSeries left = new DeadStrings(5, GEOMETRY).perturb(event, SEED).pulses();
      for (int pulse = 0; pulse < left.count(); pulse++) {
        alive.add(GEOMETRY.stringId(left.sensorId(pulse)));
      }
      assertThat(alive).hasSize(81);
      for (int string = 1; string <= 86; string++) {
        if (!alive.contains(string)) {
          everDead.add(string);
        }
      }
    }
    assertThat(everDead).as(HINT).hasSize(86);
    assertThat(new DeadStrings(86, GEOMETRY).perturb(event(1, 9), SEED).pulses().count()).isZero();
  }

  @Test
  void aLineTurnedWithTheArrayIsFoundWhereTheTruthIs() {
    ArrayTurn turn = ArrayTurn.ofSixth(GEOMETRY);
    for (int id = 0; id < 20; id++) {
      List<Event> events = List.of(event(id, 60));
      Direction before = fit(events, GEOMETRY);
      Direction after = fit(List.of(turn.perturb(events.get(0), SEED)), turn.geometry(GEOMETRY));
      assertThat(AngularError.betweenRad(after, turn.truth(before))).isLessThan(1e-3);
    }
  }

  private static Direction fit(List<Event> events, DetectorGeometry geometry) {
    FeatureTable table = new FeatureBuilder(geometry, 768).build(events);
    return LineFit.plain().fit(table, 0).orElseThrow();
  }

  @Test
  void aSixthOfATurnLaysTheGridOntoItselfAndSixAreNone() {
    ArrayTurn turn = ArrayTurn.ofSixth(GEOMETRY);
    DetectorGeometry turned = turn.geometry(GEOMETRY);
    int onto = 0;
    for (int string = 1; string <= 78; string++) {
      int sensor = IceCube86.sensorId(string, 1);
      for (int other = 1; other <= 78; other++) {
        int there = IceCube86.sensorId(other, 1);
        double across = turned.xMeters(sensor) - GEOMETRY.xMeters(there);
        double along = turned.yMeters(sensor) - GEOMETRY.yMeters(there);
        onto += Math.hypot(across, along) < 30 ? 1 : 0;
      }
    }
    assertThat(onto).isGreaterThan(55);
    Direction truth = Direction.ofAngles(1, 2);
    assertThat(turn.truth(truth).azimuthRad()).isCloseTo(1 + Math.PI / 3, within(1e-12));
    assertThat(turn.truth(truth).zenithRad()).isCloseTo(2, within(1e-12));
    DetectorGeometry whole = GEOMETRY;
    for (int i = 0; i < 6; i++) {
      whole = turn.geometry(whole);
    }
    assertThat(whole.xMeters(77)).isCloseTo(GEOMETRY.xMeters(77), within(1e-2f));
  }

  @Test
  void anotherDetectorTurnsAroundItsMiddle() {
    DetectorGeometry two =
        DetectorGeometry.of("two", new float[] {0, 10}, new float[] {4, 4}, new float[] {-1, 1});
    ArrayTurn turn = ArrayTurn.ofSixth(two);
    assertThat(turn.xMeters()).isEqualTo(5);
    assertThat(turn.yMeters()).isEqualTo(4);
    assertThat(turn.geometry(two).zMeters(1)).isEqualTo(1);
  }

  @Test
  void laterTimesChangeNoFeature() {
    List<Event> events = List.of(event(1, 300));
    FeatureTable before = new FeatureBuilder(GEOMETRY, 768).build(events);
    FeatureTable after =
        new FeatureBuilder(GEOMETRY, 768)
            .build(List.of(new TimeOffset(5_000).perturb(events.get(0), SEED)));
    for (int row = 0; row < before.rowCount(); row++) {
      assertThat(after.value(row, 3)).isEqualTo(before.value(row, 3));
    }
    assertThat(new TimeOffset(5).perturb(events.get(0), SEED).pulses().timeNs(3))
        .isEqualTo(events.get(0).pulses().timeNs(3) + 5);
    Event latest = new TimeOffset(TimeOffset.OFFSET_NS_MAX).perturb(events.get(0), SEED);
    assertThat(EventDefect.find(latest.pulses(), GEOMETRY)).isEmpty();
  }

  @Test
  void sizesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new TimeJitter(-1))
        .hasMessage("sigma: -1.0 ns (expected: finite and >= 0)");
    assertThatThrownBy(() -> new ChargeNoise(Double.NaN))
        .hasMessage("relative: NaN (expected: finite and >= 0)");
    assertThatThrownBy(() -> new AuxiliaryFlips(1.1)).hasMessage("share: 1.1 (expected: 0..1)");
    assertThatThrownBy(() -> new DroppedPulses(-0.1)).hasMessage("share: -0.1 (expected: 0..1)");
    assertThatThrownBy(() -> new DeadSensors(2)).hasMessage("share: 2.0 (expected: 0..1)");
    assertThatThrownBy(() -> new DeadStrings(87, GEOMETRY))
        .hasMessage("count: 87 (expected: 0..86)");
    assertThatThrownBy(() -> new TimeOffset(-1)).hasMessage("offset: -1 ns (expected: 0..1000000)");
    assertThatThrownBy(() -> new TimeOffset(TimeOffset.OFFSET_NS_MAX + 1))
        .hasMessage("offset: 1000001 ns (expected: 0..1000000)");
    assertThatThrownBy(() -> new ArrayTurn(Double.NaN, 0, 0)).hasMessageContaining("turn: NaN rad");
  }
}
