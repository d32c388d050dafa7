// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The steps of the improved line fit, one by one. */
class LineFitStepsTest {
  @Test
  void callsLightLateOnlyInsideTheRadiusAndAfterTheDelay() {
    assertThat(isDropped(155.9, 778.5)).isTrue();
    assertThat(isDropped(156.1, 778.5)).isFalse();
    assertThat(isDropped(155.9, 777.5)).isFalse();
  }

  /** Whether a row so far aside of the first row of three, and so much later, loses its weight. */
  private static boolean isDropped(double asideMeters, double laterNs) {
    var table =
        new Rows()
            .add(0, 0, 0, 0, 1)
            .add(0, 0, 400, 100, 1)
            .add(0, 0, -400, 200, 1)
            .add(asideMeters, 0, 0, laterNs, 1)
            .table();
    var rows = LineFitRows.of(table, 0).orElseThrow();
    rows.dropLate(LineFit.DELAY_RADIUS_METERS, LineFit.DELAY_NS);
    return rows.weights()[3] == 0;
  }

  @Test
  void countsBrightPulsesMoreButNotWithoutBound() {
    var table =
        new Rows().add(0, 0, 0, 0, 0.1).add(0, 0, 100, 300, 10).add(0, 9, 0, 400, 1_000).table();
    var rows = LineFitRows.of(table, 0).orElseThrow();

    rows.weighByCharge();

    assertThat(rows.weights()[0]).isEqualTo(1);
    assertThat(rows.weights()[1]).isBetween(1.999_999, 2.000_001);
    assertThat(rows.weights()[2]).isBetween(3.999_999, 4.000_001);
  }

  @Test
  void hasConvergedAfterItsRounds() {
    var random = Seeds.random();
    for (int event = 0; event < 200; event++) {
      var table = Rows.scattered(random.nextLong());
      var rows = LineFitRows.of(table, 0).orElseThrow();
      double[] weight = new double[rows.count()];
      var line = FittedLine.through(rows, rows.weights());
      for (int round = 0; round < 2 * LineFit.HUBER_ROUND_COUNT; round++) {
        line.weighByDistance(rows, LineFit.HUBER_METERS, weight);
        var next = FittedLine.through(rows, weight);
        if (round >= LineFit.HUBER_ROUND_COUNT) {
          double turnRad =
              AngularError.betweenRad(line.origin().orElseThrow(), next.origin().orElseThrow());
          assertThat(turnRad).as("round %d, %s", round, Seeds.hint()).isLessThan(0.01);
        }
        line = next;
      }
    }
  }
}
