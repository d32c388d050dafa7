// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineFitTest {
  private static final double LIGHT_SPEED = 0.2998;

  @Test
  void findsANoiselessLineExactly() {
    var random = Seeds.random();
    for (int round = 0; round < 500; round++) {
      var truth = Seeds.direction(random);
      var rows = new Rows();
      for (int step = 0; step < 30; step++) {
        addOnLine(rows, truth, random.nextDouble(-400, 400), 1 + 9 * random.nextDouble());
      }
      var table = rows.table();

      assertError(LineFit.plain(), table, truth, 1e-6);
      assertError(LineFit.improved(), table, truth, 1e-6);
    }
  }

  @Test
  void pointsBackToWhereTheLightCameFrom() {
    // A plane wave that runs up string 36: from below.
    int[] sensors = IntStream.range(0, 20).map(i -> IceCube86.sensorId(36, 40 - i)).toArray();
    float[] times = new float[20];
    float[] charges = new float[20];
    for (int pulse = 0; pulse < 20; pulse++) {
      times[pulse] = 5_000 + 57 * pulse;
      charges[pulse] = 1;
    }
    var event = new Event(1, PulseSeries.of(sensors, times, charges, new boolean[20]));
    var table = new FeatureBuilder(IceCube86.geometry(), 768).build(List.of(event));
    var below = new Direction(0, 0, -1);

    assertError(LineFit.plain(), table, below, 1e-6);
    assertError(LineFit.improved(), table, below, 1e-6);
  }

  @Test
  void fitsTheEventAskedForAmongOthers() {
    var geometry = IceCube86.geometry();
    var up =
        event(
            1, IceCube86.sensorId(36, 40), IceCube86.sensorId(36, 30), IceCube86.sensorId(36, 20));
    var down =
        event(
            2, IceCube86.sensorId(36, 20), IceCube86.sensorId(36, 30), IceCube86.sensorId(36, 40));
    var table = new FeatureBuilder(geometry, 768).build(List.of(up, down));

    assertError(LineFit.improved(), table, 0, new Direction(0, 0, -1), 1e-6);
    assertError(LineFit.improved(), table, 1, new Direction(0, 0, 1), 1e-6);
  }

  @Test
  void passesOverAuxiliaryRowsWhenTheOthersFixALine() {
    var truth = Direction.along(1, 2, 3);
    var rows = lineOf(10, truth);
    for (int noise = 0; noise < 50; noise++) {
      rows.add(400 - 16 * noise, 300, -200 + 9 * noise, 20 * noise, 1, true);
    }

    assertError(LineFit.plain(), rows.table(), truth, 1e-6);
    assertError(LineFit.improved(), rows.table(), truth, 1e-6);
  }

  @Test
  void takesAuxiliaryRowsWhenTheOthersFixNoLine() {
    var truth = Direction.along(-1, 2, 0);
    var rows = new Rows();
    for (int step = 0; step < 10; step++) {
      double along = 30 * step;
      rows.add(
          -truth.x() * along,
          -truth.y() * along,
          -truth.z() * along,
          along / LIGHT_SPEED,
          1,
          step > 1);
    }

    assertError(LineFit.plain(), rows.table(), truth, 1e-6);
    assertError(LineFit.improved(), rows.table(), truth, 1e-6);
  }

  @Test
  void dropsLateLightBesideEarlyLight() {
    var truth = new Direction(0, 0, 1);
    var rows = lineOf(20, truth);
    for (int late = 0; late < 10; late++) {
      // Beside the line's last rows, a microsecond or more after light passed there.
      rows.add(40, 0, -200 - 20 * late, 3_500 + 100 * late, 1);
    }
    var table = rows.table();

    assertThat(errorRad(LineFit.plain(), table, truth)).isGreaterThan(0.02);
    assertError(LineFit.improved(), table, truth, 1e-6);
  }

  @Test
  void keepsLateLightWhenTooLittleElseWouldBeLeft() {
    var rows = new Rows().add(0, 0, 0, 0, 1).add(0, 0, 20, 900, 1).add(0, 0, 40, 1_800, 1);

    assertError(LineFit.improved(), rows.table(), new Direction(0, 0, -1), 1e-6);
  }

  @Test
  void standsAgainstOutliersFarFromTheLine() {
    var truth = Direction.along(1, 1, -1);
    var rows = lineOf(30, truth);
    rows.add(500, -500, 400, 900, 3).add(-450, 500, -400, 300, 3).add(480, 420, 0, 100, 3);
    var table = rows.table();

    assertThat(errorRad(LineFit.plain(), table, truth)).isGreaterThan(0.05);
    assertError(LineFit.improved(), table, truth, 1e-6);
  }

  @Test
  void doesNotDependOnTheOrderOfRows() {
    var random = Seeds.random();
    var forward = new Rows();
    var backward = new Rows();
    double[][] places = new double[40][];
    for (int row = 0; row < places.length; row++) {
      places[row] = random.doubles(4, -400, 400).toArray();
    }
    for (int row = 0; row < places.length; row++) {
      double[] a = places[row];
      double[] b = places[places.length - 1 - row];
      forward.add(a[0], a[1], a[2], 2_000 + 5 * a[3], 1);
      backward.add(b[0], b[1], b[2], 2_000 + 5 * b[3], 1);
    }
    var direction = LineFit.improved().fit(forward.table(), 0).orElseThrow();

    assertError(LineFit.improved(), backward.table(), direction, 1e-9);
  }

  @Test
  void hasNoDirectionWhenTheRowsFixNone() {
    assertNoDirection(new Rows());
    assertNoDirection(new Rows().add(0, 0, 0, 0, 1));
    assertNoDirection(new Rows().add(0, 0, 0, 0, 1).add(0, 0, 17, 60, 1));
    assertNoDirection(new Rows().add(1, 2, 3, 0, 1).add(1, 2, 3, 60, 1).add(1, 2, 3, 90, 1));
    assertNoDirection(new Rows().add(0, 0, 0, 5, 1).add(0, 0, 17, 5, 1).add(0, 9, 34, 5, 1));
  }

  @Test
  void hasNoDirectionWhenNothingMoves() {
    assertNoDirection(
        new Rows()
            .add(0, 0, 0, 0, 1)
            .add(0, 0, 17, 10, 1)
            .add(0, 0, 17, 20, 1)
            .add(0, 0, 0, 30, 1));
  }

  @Test
  void hasNoDirectionWhenFeaturesAreNotFinite() {
    assertNoDirection(
        new Rows().add(Double.NaN, 0, 0, 0, 1).add(0, 0, 17, 60, 1).add(0, 0, 34, 120, 1));
    assertNoDirection(
        new Rows()
            .add(Double.POSITIVE_INFINITY, 0, 0, 0, 1)
            .add(0, 0, 17, 60, 1)
            .add(0, 0, 34, 120, 1));
    assertNoDirection(
        new Rows().add(9, 0, 0, 0, 1).add(0, 0, 17, 60, 1).add(0, 0, 34, Double.NaN, 1));
  }

  @Test
  void turnsWithTheDetector() {
    var random = Seeds.random();
    for (int event = 0; event < 50; event++) {
      var table = Rows.scattered(random.nextLong());
      var turned = new Rows();
      for (int row = 0; row < table.rowCount(); row++) {
        turned.add(
            -500 * table.value(row, 1),
            500 * table.value(row, 0),
            500 * table.value(row, 2),
            30_000 * table.value(row, 3),
            1);
      }
      var direction = LineFit.improved().fit(table, 0).orElseThrow();
      var expected = new Direction(-direction.y(), direction.x(), direction.z());

      assertError(LineFit.improved(), turned.table(), expected, 1e-3);
    }
  }

  private static Rows lineOf(int count, Direction from) {
    var rows = new Rows();
    for (int step = 0; step < count; step++) {
      addOnLine(rows, from, 20 * step, 1);
    }
    return rows;
  }

  /** Adds a row that something from {@code from} passes at a distance behind the origin. */
  private static void addOnLine(Rows rows, Direction from, double alongMeters, double chargePe) {
    rows.add(
        -from.x() * alongMeters,
        -from.y() * alongMeters,
        -from.z() * alongMeters,
        alongMeters / LIGHT_SPEED,
        chargePe);
  }

  private static Event event(long id, int... sensors) {
    float[] charges = {1, 1, 1};
    return new Event(
        id, PulseSeries.of(sensors, new float[] {0, 600, 1_200}, charges, new boolean[3]));
  }

  private static double errorRad(LineFit fit, FeatureTable table, Direction truth) {
    return AngularError.betweenRad(fit.fit(table, 0).orElseThrow(), truth);
  }

  private static void assertError(
      LineFit fit, FeatureTable table, Direction truth, double errorRadMax) {
    assertError(fit, table, 0, truth, errorRadMax);
  }

  private static void assertError(
      LineFit fit, FeatureTable table, int event, Direction truth, double errorRadMax) {
    assertThat(AngularError.betweenRad(fit.fit(table, event).orElseThrow(), truth))
        .as(Seeds.hint())
        .isLessThan(errorRadMax);
  }

  private static void assertNoDirection(Rows rows) {
    assertThat(LineFit.plain().fit(rows.table(), 0)).isEmpty();
    assertThat(LineFit.improved().fit(rows.table(), 0)).isEmpty();
  }
}
