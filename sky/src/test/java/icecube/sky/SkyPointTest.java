// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Points of the sky and angles between them. */
final class SkyPointTest {
  private static final long SEED = Long.getLong("icecube.seed", 12);

  @Test
  void theAngleIsThatBetweenDirections() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 10_000; i++) {
      Direction one = Direction.ofAngles(random.nextDouble(7), Math.acos(random.nextDouble(-1, 1)));
      Direction other =
          Direction.ofAngles(random.nextDouble(7), Math.acos(random.nextDouble(-1, 1)));
      assertThat(SkyPoint.ofDetector(one).separationRad(SkyPoint.ofDetector(other)))
          .as("-Dicecube.seed=%d", SEED)
          .isCloseTo(AngularError.betweenRad(one, other), within(1e-12));
    }
  }

  @Test
  void smallAndOppositeAnglesKeepTheirDigits() {
    SkyPoint point = new SkyPoint(1, 0.5);
    assertThat(point.separationRad(new SkyPoint(1, 0.5 + 1e-9))).isCloseTo(1e-9, within(1e-15));
    assertThat(point.separationRad(new SkyPoint(1 + Math.PI, -0.5 - 1e-9)))
        .isCloseTo(Math.PI - 1e-9, within(1e-15));
  }

  @Test
  void aPointAtAnAngleIsThatFarAway() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 10_000; i++) {
      SkyPoint point = new SkyPoint(random.nextDouble(7), random.nextDouble(-1.57, 1.57));
      double angle = random.nextDouble(Math.PI);
      assertThat(point.at(angle, random.nextDouble(7)).separationRad(point))
          .as("-Dicecube.seed=%d", SEED)
          .isCloseTo(angle, within(1e-7));
    }
    assertThat(new SkyPoint(1, 0.2).at(0.1, 0).latitudeRad()).isCloseTo(0.3, within(1e-12));
    assertThat(new SkyPoint(1, 0).at(0.1, Math.PI / 2).longitudeRad())
        .isCloseTo(1.1, within(1e-12));
  }

  @Test
  void longitudesComeIntoOneTurn() {
    assertThat(new SkyPoint(-1, 0).longitudeRad()).isCloseTo(2 * Math.PI - 1, within(1e-15));
    assertThat(new SkyPoint(-1e-17, 0).longitudeRad()).isZero();
    assertThat(new SkyPoint(4 * Math.PI, 0).longitudeRad()).isZero();
  }

  @Test
  void whatIsNoPointIsTold() {
    assertThatThrownBy(() -> new SkyPoint(Double.NaN, 0)).hasMessageContaining("longitude NaN");
    assertThatThrownBy(() -> new SkyPoint(0, 1.6)).hasMessageContaining("latitude 1.6");
  }
}
