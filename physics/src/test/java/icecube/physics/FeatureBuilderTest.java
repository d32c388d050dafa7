// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class FeatureBuilderTest {
  private static final DetectorGeometry GEOMETRY = IceCube86.geometry();
  private static final FeatureBuilder BUILDER =
      new FeatureBuilder(GEOMETRY, FeatureBuilder.ROW_COUNT_MAX);

  @Test
  void scalesAsTheTableSays() {
    var table = BUILDER.build(List.of(event(7, 2, pulse -> pulse == 1)));

    assertThat(table.eventId(0)).isEqualTo(7);
    assertThat(table.pulsesSeen(0)).isEqualTo(2);
    assertThat(table.value(1, 0)).isEqualTo(GEOMETRY.xMeters(1) / 500f);
    assertThat(table.value(1, 1)).isEqualTo(GEOMETRY.yMeters(1) / 500f);
    assertThat(table.value(1, 2)).isEqualTo(GEOMETRY.zMeters(1) / 500f);
    assertThat(table.value(0, 3)).as("time of the first pulse").isZero();
    assertThat(table.value(1, 3)).isEqualTo(10f / 30_000f);
    assertThat(table.value(0, 4)).as("charge 1 p.e.").isZero();
    assertThat(table.value(1, 4)).isEqualTo((float) (Math.log10(2) / 3), within(1e-7f));
    assertThat(table.value(0, 5)).isZero();
    assertThat(table.value(1, 5)).isEqualTo(1);
  }

  @Test
  void keepsEventsInTheirOrder() {
    var table = BUILDER.build(List.of(event(3, 5, pulse -> false), event(1, 7, pulse -> true)));

    assertThat(table.eventCount()).isEqualTo(2);
    assertThat(table.eventId(0)).isEqualTo(3);
    assertThat(table.rowCount(0)).isEqualTo(5);
    assertThat(table.eventId(1)).isEqualTo(1);
    assertThat(table.rowCount(1)).isEqualTo(7);
    assertThat(BUILDER.build(List.of()).eventCount()).isZero();
  }

  @Test
  void keepsAllPulsesUpToTheLimitAndSaysWhenItCuts() {
    var builder = new FeatureBuilder(GEOMETRY, 10);
    var table = builder.build(List.of(event(1, 10, pulse -> false), event(2, 11, pulse -> false)));

    assertThat(table.rowCount(0)).isEqualTo(10);
    assertThat(Quality.TRUNCATED.isIn(table.qualityBits(0))).isFalse();
    assertThat(table.rowCount(1)).isEqualTo(10);
    assertThat(table.pulsesSeen(1)).isEqualTo(11);
    assertThat(Quality.TRUNCATED.isIn(table.qualityBits(1))).isTrue();
  }

  @Test
  void keepsCoincidentPulsesBeforeAuxiliaryOnes() {
    var builder = new FeatureBuilder(GEOMETRY, 20);
    var table = builder.build(List.of(event(1, 100, pulse -> pulse % 10 != 0)));

    assertThat(auxiliaryRows(table)).isEqualTo(10);
  }

  @Test
  void cutsCoincidentPulsesWhenThereAreTooMany() {
    var builder = new FeatureBuilder(GEOMETRY, 20);
    var table = builder.build(List.of(event(1, 100, pulse -> pulse % 2 == 0)));

    assertThat(table.rowCount(0)).isEqualTo(20);
    assertThat(auxiliaryRows(table)).isZero();
  }

  @Test
  void keepsTimeOrder() {
    var table =
        new FeatureBuilder(GEOMETRY, 30).build(List.of(event(5, 200, pulse -> pulse % 3 == 0)));

    for (int row = 1; row < table.rowCount(); row++) {
      assertThat(table.value(row, 3)).isGreaterThan(table.value(row - 1, 3));
    }
  }

  @Test
  void countsTimeFromTheFirstPulseEvenIfThatIsCut() {
    var builder = new FeatureBuilder(GEOMETRY, 1);
    var table = builder.build(List.of(event(1, 2, pulse -> pulse == 0)));

    assertThat(table.value(0, 3)).isEqualTo(10f / 30_000f);
  }

  @Test
  void choosesTheSameRowsForTheSameEventAndOthersForAnother() {
    var builder = new FeatureBuilder(GEOMETRY, 30);
    var table = builder.build(List.of(event(5, 200, pulse -> false)));

    assertThat(builder.build(List.of(event(5, 200, pulse -> false)))).isEqualTo(table);
    assertThat(
            builder
                .build(List.of(event(9, 3, pulse -> false), event(5, 200, pulse -> false)))
                .value(3, 3))
        .as("whatever else is in the batch")
        .isEqualTo(table.value(0, 3));
    assertThat(builder.build(List.of(event(6, 200, pulse -> false)))).isNotEqualTo(table);
  }

  @Test
  void choosesEveryPulseAlikeOften() {
    int[] chosen = new int[40];
    var builder = new FeatureBuilder(GEOMETRY, 10);
    int eventCount = 4_000;
    for (int id = 0; id < eventCount; id++) {
      var table = builder.build(List.of(event(id, 40, pulse -> false)));
      for (int row = 0; row < 10; row++) {
        chosen[Math.round(table.value(row, 3) * 3_000)]++;
      }
    }
    // Binomial with p = 1/4: mean 1,000, standard deviation 27.
    for (int count : chosen) {
      assertThat(count).isBetween(860, 1_140);
    }
  }

  @Test
  void aCutOfACutIsTheCutAtOnce() {
    var events =
        List.of(
            event(5, 200, pulse -> pulse % 3 == 0),
            event(9, 3, pulse -> false),
            event(2092, 90, pulse -> pulse % 9 != 0),
            event(-1, 64, pulse -> true));
    var once = new FeatureBuilder(GEOMETRY, 20).build(events);

    var twice = new FeatureBuilder(GEOMETRY, 100).build(events).cutTo(64).cutTo(20);

    assertThat(twice).isEqualTo(once);
    assertThat(twice.cutTo(20)).isSameAs(twice);
    assertThatThrownBy(() -> twice.cutTo(0)).hasMessage("row_count_max: 0 (expected: >= 1)");
  }

  @Test
  void flagsAnEventOfOneString() {
    assertThat(qualityBits(pulse -> false, 3, 17, 42)).isEqualTo(Quality.SINGLE_STRING.bit());
    assertThat(qualityBits(pulse -> false, 3, 17, 60)).isZero();
  }

  @Test
  void asksAuxiliaryPulsesForTheirStringOnlyIfThereAreNoOthers() {
    assertThat(qualityBits(pulse -> pulse == 2, 3, 17, 5_000))
        .isEqualTo(Quality.SINGLE_STRING.bit());
    assertThat(qualityBits(pulse -> true, 3, 17, 42)).isEqualTo(Quality.SINGLE_STRING.bit());
    assertThat(qualityBits(pulse -> true, 3, 17, 5_000)).isZero();
  }

  @Test
  void cutsTheLargestEventsInBoundedTime() {
    var large = event(1, 180_000, pulse -> pulse % 4 == 0);

    var table =
        Assertions.assertTimeout(
            Duration.ofSeconds(2), () -> BUILDER.build(List.of(event(2, 3, p -> true), large)));

    assertThat(table.rowCount(1)).isEqualTo(768);
    assertThat(table.pulsesSeen(1)).isEqualTo(180_000);
    assertThat(Quality.TRUNCATED.isIn(table.qualityBits(1))).isTrue();
  }

  @Test
  void refusesAnEventThatIsNotSound() {
    assertThatThrownBy(() -> BUILDER.build(List.of(new Event(24, PulseSeries.EMPTY))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("event 24: pulses: 0 (expected: 1..262144)");
  }

  @Test
  void refusesALimitOutOfRange() {
    assertThatThrownBy(() -> new FeatureBuilder(GEOMETRY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row_count_max: 0 (expected: 1..262144)");
    assertThatThrownBy(() -> new FeatureBuilder(GEOMETRY, 262_145))
        .hasMessage("row_count_max: 262145 (expected: 1..262144)");
    assertThat(new FeatureBuilder(GEOMETRY, 262_144).rowCountMax()).isEqualTo(262_144);
  }

  private interface Auxiliary {
    boolean is(int pulse);
  }

  /** Pulse i: sensor i, time 100 + 10 i ns, charge 1 + i % 4 p.e. */
  private static Event event(long id, int count, Auxiliary auxiliary) {
    int[] sensors = new int[count];
    float[] times = new float[count];
    float[] charges = new float[count];
    boolean[] flags = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      sensors[pulse] = pulse % GEOMETRY.sensorCount();
      times[pulse] = 100 + 10f * pulse;
      charges[pulse] = 1 + pulse % 4;
      flags[pulse] = auxiliary.is(pulse);
    }
    return new Event(id, PulseSeries.of(sensors, times, charges, flags));
  }

  private static int qualityBits(Auxiliary auxiliary, int... sensors) {
    int count = sensors.length;
    float[] charges = new float[count];
    boolean[] flags = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      charges[pulse] = 1;
      flags[pulse] = auxiliary.is(pulse);
    }
    var pulses = PulseSeries.of(sensors, new float[count], charges, flags);
    return BUILDER.build(List.of(new Event(1, pulses))).qualityBits(0);
  }

  private static int auxiliaryRows(FeatureTable table) {
    int count = 0;
    for (int row = 0; row < table.rowCount(); row++) {
      count += table.value(row, 5) == 1 ? 1 : 0;
    }
    return count;
  }
}
