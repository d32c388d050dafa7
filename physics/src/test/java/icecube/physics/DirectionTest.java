// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DirectionTest {
  private static final double PI = Math.PI;

  @Test
  void noDirectionCountsAsTheHorizonAtAzimuthZero() {
    assertThat(Direction.NO_DIRECTION.azimuthRad()).isZero();
    assertThat(Direction.NO_DIRECTION.zenithRad()).isEqualTo(PI / 2);
  }

  @Test
  void pointsAlongTheAxesAtTheirAngles() {
    assertAngles(new Direction(1, 0, 0), 0, PI / 2);
    assertAngles(new Direction(0, 1, 0), PI / 2, PI / 2);
    assertAngles(new Direction(-1, 0, 0), PI, PI / 2);
    assertAngles(new Direction(0, -1, 0), 3 * PI / 2, PI / 2);
  }

  @Test
  void hasAzimuthZeroAtThePoles() {
    assertAngles(new Direction(0, 0, 1), 0, 0);
    assertAngles(new Direction(0, 0, -1), 0, PI);
    assertAngles(new Direction(0.0, -0.0, -1), 0, PI);
    assertAngles(new Direction(-0.0, 0.0, 1), 0, 0);
    assertAngles(Direction.along(-0.0, -0.0, -2), 0, PI);
  }

  @Test
  void keepsAzimuthBelowTwoPiJustUnderTheSeam() {
    var below = new Direction(1, -1e-300, 0);
    assertThat(below.azimuthRad()).isZero();
    assertThat(new Direction(1, -0.0, 0).azimuthRad()).isZero();
    assertThat(Direction.along(1, -1e-9, 0).azimuthRad()).isBetween(6.28, Math.nextDown(2 * PI));
  }

  @Test
  void comesBackFromItsAngles() {
    var random = Seeds.random();
    for (int round = 0; round < 1_000; round++) {
      var direction = Seeds.direction(random);
      double azimuth = direction.azimuthRad();
      double zenith = direction.zenithRad();
      var back = Direction.ofAngles(azimuth, zenith);

      assertThat(azimuth).as(Seeds.hint()).isGreaterThanOrEqualTo(0).isLessThan(2 * PI);
      assertThat(zenith).as(Seeds.hint()).isBetween(0.0, PI);
      assertThat(AngularError.betweenRad(direction, back)).as(Seeds.hint()).isLessThan(1e-15);
    }
  }

  @Test
  void takesAnglesAsPeriodic() {
    var direction = Direction.ofAngles(1, 2);
    assertThat(AngularError.betweenRad(direction, Direction.ofAngles(1 + 2 * PI, 2)))
        .isLessThan(1e-15);
    assertThat(AngularError.betweenRad(direction, Direction.ofAngles(1 + PI, -2)))
        .isLessThan(1e-15);
  }

  @Test
  void takesVectorsOfAnyLength() {
    var direction = Direction.along(3e-200, 0, -4e-200 * 0);
    assertThat(direction.x()).isEqualTo(1);
    assertThat(Direction.along(0, 30, 40).z()).isEqualTo(0.8, within(1e-15));
    assertThat(Direction.along(0, 3e200, 4e200).z()).isEqualTo(0.8, within(1e-15));
  }

  @Test
  void mendsTheLengthOfFloat32Vectors() {
    var direction = new Direction(0.6f, 0.8f, 0);
    assertThat(direction.dot(direction)).isEqualTo(1, within(1e-15));
  }

  @Test
  void refusesWhatIsNoDirection() {
    assertThatThrownBy(() -> new Direction(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("direction: (1.0, 1.0, 0.0) (expected: a unit vector)");
    assertThatThrownBy(() -> new Direction(Double.NaN, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Direction.along(0, 0, 0))
        .hasMessage("vector: (0.0, 0.0, 0.0) (expected: finite and not zero)");
    assertThatThrownBy(() -> Direction.along(Double.POSITIVE_INFINITY, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Direction.ofAngles(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertAngles(Direction direction, double azimuthRad, double zenithRad) {
    assertThat(direction.azimuthRad()).isEqualTo(azimuthRad, within(1e-15));
    assertThat(direction.zenithRad()).isEqualTo(zenithRad, within(1e-15));
  }
}
