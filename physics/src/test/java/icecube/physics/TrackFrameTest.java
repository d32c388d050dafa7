// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrackFrameTest {
  @Test
  void theAxesStayOrthonormalStepAfterStep() {
    var random = Seeds.random();
    for (int round = 0; round < 100; round++) {
      var p = Seeds.direction(random);
      var frame = TrackFrame.of(1, 2, 3, 4, p.x(), p.y(), p.z());
      for (int step = 0; step < 50; step++) {
        assertOrthonormal(frame);
        frame = frame.moved(random.doubles(TrackFrame.SIZE, -40, 40).toArray());
      }
    }
  }

  @Test
  void thePolesAreDirectionsLikeOthers() {
    assertOrthonormal(TrackFrame.of(0, 0, 0, 0, 0, 0, 1));
    assertOrthonormal(TrackFrame.of(0, 0, 0, 0, 0, 0, -1));
    assertOrthonormal(TrackFrame.of(0, 0, 0, 0, 0, 0, 1).moved(new double[] {0, 0, 0, 9, 9}));
  }

  @Test
  void aStepMovesAcrossInTimeAndByAngles() {
    var frame = TrackFrame.of(10, 20, 30, 40, 0.36, 0.48, 0.8);

    var across = frame.moved(new double[] {7, 0, 0, 0, 0});
    assertThat(across.xMeters()).isCloseTo(10 + 7 * frame.axis(0), within(1e-12));
    assertThat(across.zMeters()).isCloseTo(30 + 7 * frame.axis(2), within(1e-12));
    var later = frame.moved(new double[] {0, 0, 3, 0, 0});
    assertThat(later.timeNs()).isCloseTo(40 + 3 / IceOptics.LIGHT_SPEED, within(1e-12));
    var tilted = frame.moved(new double[] {0, 0, 0, 0, 25});
    double cosine = frame.origin().dot(tilted.origin());
    assertThat(Math.acos(cosine)).isCloseTo(0.25, within(1e-9));
    assertThat(
            tilted.px() * frame.axis(3) + tilted.py() * frame.axis(4) + tilted.pz() * frame.axis(5))
        .isCloseTo(Math.sin(0.25), within(1e-12));
  }

  @Test
  void theOriginIsOppositeToTheFlight() {
    var down = TrackFrame.of(0, 0, 0, 0, 0, 0, -1);

    assertThat(down.origin().dot(new Direction(0, 0, 1))).isEqualTo(1);
  }

  private static void assertOrthonormal(TrackFrame frame) {
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double dot = 0;
        for (int k = 0; k < 3; k++) {
          dot += frame.axis(3 * i + k) * frame.axis(3 * j + k);
        }
        assertThat(dot).as(Seeds.hint()).isCloseTo(i == j ? 1 : 0, within(1e-11));
      }
    }
  }
}
