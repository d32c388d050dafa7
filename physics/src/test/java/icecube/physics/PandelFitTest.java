// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PandelFitTest {
  private static final double DEGREE = Math.PI / 180;

  @Test
  void aBrightTrackWithoutNoiseIsFoundWithinADegree() {
    var random = new SplittableRandom(5);
    for (int round = 0; round < 40; round++) {
      var muon = muon(random);
      var table = muon.rows(60, 20).table();
      // A track along a string, or off the corner, may light too few strings to tell.
      if (table.rowCount(0) >= 12 && strings(table) >= 3) {
        assertThat(errorRad(PandelFit.mpe(), table, muon.origin()))
            .as("round %d: %s, %d sensors", round, muon, table.rowCount(0))
            .isLessThan(DEGREE);
      }
    }
  }

  private static Muon muon(SplittableRandom random) {
    return new Muon(
        Seeds.direction(random),
        random.nextDouble(-200, 200),
        random.nextDouble(-200, 200),
        random.nextDouble(-200, 200),
        5_000);
  }

  private static long strings(FeatureTable table) {
    return java.util.stream.IntStream.range(0, table.rowCount(0))
        .mapToObj(row -> table.value(row, 0) + " " + table.value(row, 1))
        .distinct()
        .count();
  }

  @Test
  void itIsNearerThanTheLineFitInTheLightOfItsOwnLaw() {
    var random = new SplittableRandom(6);
    double pandel = 0;
    double line = 0;
    for (int round = 0; round < 30; round++) {
      var muon = muon(random);
      var table = muon.scatteredRows(random).table();
      pandel += errorRad(PandelFit.mpe(), table, muon.origin());
      line +=
          AngularError.betweenRad(LineFit.improved().fit(table, 0).orElseThrow(), muon.origin());
    }

    assertThat(pandel).isLessThan(0.5 * line);
  }

  @Test
  void noisePulsesDoNotTurnATrack() {
    var muon = new Muon(Direction.along(0.5, 0.3, -0.6), 20, -40, 60, 6_000);
    var rows = muon.rows(60, 5);
    var random = new SplittableRandom(7);
    for (int pulse = 0; pulse < 10; pulse++) {
      int sensor = random.nextInt(5_160);
      var geometry = IceCube86.geometry();
      rows.add(
          geometry.xMeters(sensor),
          geometry.yMeters(sensor),
          geometry.zMeters(sensor),
          random.nextDouble(10_000),
          1);
    }

    assertThat(errorRad(PandelFit.mpe(), rows.table(), muon.origin())).isLessThan(DEGREE);
  }

  @Test
  void anEventTurnedBySixtyDegreesHasTheTurnedAnswer() {
    var muon = new Muon(Direction.along(0.5, 0.3, 0.4), 20, -40, 60, 6_000);
    var table = muon.rows(60, 2).table();
    double cosine = Math.cos(Math.PI / 3);
    double sine = Math.sin(Math.PI / 3);
    var turned = new Rows();
    for (int row = 0; row < table.rowCount(0); row++) {
      double x = 500.0 * table.value(row, 0);
      double y = 500.0 * table.value(row, 1);
      turned.add(
          x * cosine - y * sine,
          x * sine + y * cosine,
          500.0 * table.value(row, 2),
          30_000.0 * table.value(row, 3),
          2);
    }

    var said = PandelFit.mpe().fit(table, 0).orElseThrow();
    var wanted =
        Direction.along(
            said.x() * cosine - said.y() * sine, said.x() * sine + said.y() * cosine, said.z());
    assertThat(errorRad(PandelFit.mpe(), turned.table(), wanted)).isLessThan(0.2 * DEGREE);
  }

  @Test
  void anEventOfFewSensorsHasTheAnswerOfTheLineFit() {
    var rows = new Rows();
    for (int step = 0; step < 4; step++) {
      rows.add(0, 0, 100 * step, 400 * step, 1);
    }
    var table = rows.table();

    assertThat(PandelFit.mpe().fit(table, 0)).isEqualTo(LineFit.improved().fit(table, 0));
    assertThat(PandelFit.mpe().fit(table, 0)).isPresent();
  }

  @Test
  void rowsThatFixNoLineHaveNoDirection() {
    var together = new Rows();
    var atOnce = new Rows();
    for (int row = 0; row < 10; row++) {
      together.add(1, 2, 3, 100 * row, 1);
      atOnce.add(100 * row, 0, 0, 50, 1);
    }

    assertThat(PandelFit.mpe().fit(new Rows().table(), 0)).isEmpty();
    assertThat(PandelFit.mpe().fit(together.table(), 0)).isEmpty();
    assertThat(PandelFit.mpe().fit(atOnce.table(), 0)).isEmpty();
  }

  @Test
  void oddRowsGetAUnitVectorOrNone() {
    var random = new SplittableRandom(8);
    float[] odd = {0, -0f, 1, -1, 1e-38f, 1e30f, -1e30f, Float.MAX_VALUE, 3, 700, -20};
    for (int round = 0; round < 300; round++) {
      float[] values = new float[6 * (1 + random.nextInt(12))];
      for (int index = 0; index < values.length; index++) {
        values[index] =
            random.nextInt(3) == 0 ? odd[random.nextInt(odd.length)] : random.nextFloat();
      }
      int[] count = {values.length / 6};
      var table = FeatureTable.owning(new long[1], count, count, new int[1], values);

      PandelFit.mpe()
          .fit(table, 0)
          .ifPresent(said -> assertThat(said.dot(said)).isBetween(0.999999, 1.000001));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void theSameRowsHaveTheSameAnswer(int seed) {
    var table = Rows.scattered(seed);

    assertThat(PandelFit.mpe().fit(table, 0)).isEqualTo(PandelFit.mpe().fit(table, 0));
  }

  private static double errorRad(PandelFit fit, FeatureTable table, Direction truth) {
    return AngularError.betweenRad(fit.fit(table, 0).orElseThrow(), truth);
  }
}
