// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrackMinimizerTest {
  private static final TrackFrame START = TrackFrame.of(40, -70, 120, 900, 0.6, 0, 0.8);

  private int valueCount;

  @Test
  void findsTheLowestPlaceOfABowl() {
    // Around the origin at 1,000 ns, along (0, 0.6, 0.8), steeper in some ways than in others.
    var found = TrackMinimizer.minimize(this::bowl, START, 60);

    assertThat(found.value()).isCloseTo(0, within(1e-2));
    assertThat(found.track().pz()).isCloseTo(0.8, within(1e-2));
    assertThat(found.track().py()).isCloseTo(0.6, within(1e-2));
    assertThat(found.track().timeNs()).isCloseTo(1_000, within(2.0));
  }

  private double bowl(TrackFrame track, double[] gradient) {
    valueCount++;
    double time = (track.timeNs() - 1_000) * IceOptics.LIGHT_SPEED;
    double[] r = {track.xMeters(), track.yMeters(), track.zMeters()};
    double along = r[0] * track.axis(6) + r[1] * track.axis(7) + r[2] * track.axis(8);
    double square = 0;
    for (int k = 0; k < 2; k++) {
      double across =
          r[0] * track.axis(3 * k) + r[1] * track.axis(3 * k + 1) + r[2] * track.axis(3 * k + 2);
      gradient[k] = across / 50;
      // Turning the axes by da lets across_k lose along · da.
      gradient[3 + k] = -across * along / 50 / TrackFrame.ARM_METERS;
      square += across * across / 100;
      gradient[3 + k] -= 40 * (0.6 * track.axis(3 * k + 1) + 0.8 * track.axis(3 * k + 2)) / 100;
    }
    gradient[2] = time / 5_000;
    return square + time * time / 10_000 + 40 * (1 - 0.6 * track.axis(7) - 0.8 * track.axis(8));
  }

  @Test
  void whatFallsForeverIsLeftAfterTheStepsAllowed() {
    var found =
        TrackMinimizer.minimize(
            (track, gradient) -> {
              valueCount++;
              Arrays.fill(gradient, 0);
              gradient[2] = 1;
              return track.timeNs() * IceOptics.LIGHT_SPEED;
            },
            START,
            10);

    assertThat(valueCount).isLessThanOrEqualTo(1 + 10 * (TrackMinimizer.SHORTENING_COUNT_MAX + 1));
    double fallen = (START.timeNs() - found.track().timeNs()) * IceOptics.LIGHT_SPEED;
    assertThat(fallen).isBetween(1.0, 10 * TrackMinimizer.STEP_METERS_MAX + 1e-6);
  }

  @Test
  void aGradientThatLiesEndsTheSearchWhereItIs() {
    var found =
        TrackMinimizer.minimize(
            (track, gradient) -> {
              valueCount++;
              Arrays.fill(gradient, 1);
              return valueCount;
            },
            START,
            10);

    assertThat(found.track()).isEqualTo(START);
    assertThat(valueCount).isEqualTo(2 + TrackMinimizer.SHORTENING_COUNT_MAX);
  }

  @Test
  void whatIsNoNumberEndsTheSearch() {
    var found =
        TrackMinimizer.minimize(
            (track, gradient) -> {
              Arrays.fill(gradient, Double.NaN);
              return Double.NaN;
            },
            START,
            10);

    assertThat(found.track()).isEqualTo(START);
  }
}
