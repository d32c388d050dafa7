// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrackLikelihoodTest {
  private static final PandelTable TABLE = new PandelTable(new SmearedPandel(6));
  private static final double NOISE = 0.02;

  @Test
  void theGradientIsThatOfTheValue() {
    var random = Seeds.random();
    for (int round = 0; round < 40; round++) {
      var pulses = PandelPulses.of(Rows.scattered(round), 0).orElseThrow();
      var likelihood = new TrackLikelihood(TABLE, pulses, 1 + 4 * random.nextDouble(), NOISE);
      var p = Seeds.direction(random);
      var track = TrackFrame.of(20, -30, 40, 2_000, p.x(), p.y(), p.z());
      double[] gradient = new double[TrackFrame.SIZE];
      likelihood.at(track, gradient);

      for (int k = 0; k < TrackFrame.SIZE; k++) {
        double slope =
            (value(likelihood, track, k, 1e-4) - value(likelihood, track, k, -1e-4)) / 2e-4;
        assertThat(gradient[k])
            .as("length %d, round %d, %s", k, round, Seeds.hint())
            .isCloseTo(slope, within(2e-4 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  private static double value(TrackLikelihood likelihood, TrackFrame track, int k, double length) {
    double[] step = new double[TrackFrame.SIZE];
    step[k] = length;
    return likelihood.at(track.moved(step), new double[TrackFrame.SIZE]);
  }

  @Test
  void theFirstOfOnePhotonIsThatPhoton() {
    var pulses = PandelPulses.of(Rows.scattered(3), 0).orElseThrow(); // charges of 1 p.e.
    var track = TrackFrame.of(0, 0, 0, 2_000, 0, 0.6, 0.8);
    double[] spe = new double[TrackFrame.SIZE];
    double[] mpe = new double[TrackFrame.SIZE];

    assertThat(new TrackLikelihood(TABLE, pulses, 10_000, NOISE).at(track, mpe))
        .isEqualTo(new TrackLikelihood(TABLE, pulses, 1, NOISE).at(track, spe));
    assertThat(mpe).containsExactly(spe);
  }

  @Test
  void theFirstOfManyPhotonsIsEarlierThanOne() {
    var muon = new Muon(new Direction(0, 0.6, -0.8), 30, 20, 10, 1_000);
    var bright = PandelPulses.of(muon.rows(60, 30).table(), 0).orElseThrow();
    var track = TrackFrame.of(30, 20, 10, 1_000, 0, -0.6, 0.8);
    var late = track.at(track.timeNs() - 60); // every pulse 60 ns after its geometric time
    double[] gradient = new double[TrackFrame.SIZE];
    var spe = new TrackLikelihood(TABLE, bright, 1, NOISE);
    var mpe = new TrackLikelihood(TABLE, bright, 10_000, NOISE);

    double speLoss = spe.at(late, gradient) - spe.at(track, gradient);
    double mpeLoss = mpe.at(late, gradient) - mpe.at(track, gradient);
    assertThat(mpeLoss).isGreaterThan(speLoss + 10);
  }

  @Test
  void aPulseThatFitsNoTrackCostsABoundedAmountAndPullsNothing() {
    var muon = new Muon(new Direction(0, 0.6, -0.8), 30, 20, 10, 5_000);
    var track = TrackFrame.of(30, 20, 10, 5_000, 0, -0.6, 0.8);
    double[] alone = new double[TrackFrame.SIZE];
    double[] beside = new double[TrackFrame.SIZE];
    var clean = PandelPulses.of(muon.rows(50, 2).table(), 0).orElseThrow();
    var noisy = PandelPulses.of(muon.rows(50, 2).add(400, 400, 400, 0, 5).table(), 0).orElseThrow();

    double cost =
        new TrackLikelihood(TABLE, noisy, 100, NOISE).at(track, beside)
            - new TrackLikelihood(TABLE, clean, 100, NOISE).at(track, alone);
    assertThat(cost).isCloseTo(-Math.log(NOISE / TrackLikelihood.NOISE_NS), within(1e-6));
    for (int k = 0; k < TrackFrame.SIZE; k++) {
      assertThat(beside[k]).isCloseTo(alone[k], within(1e-6));
    }
  }

  @Test
  void anEventTurnedAroundTheVerticalIsAsLikelyForTheTurnedTrack() {
    double turn = 1.2345;
    var rows = new Rows();
    var turned = new Rows();
    var random = Seeds.random();
    for (int row = 0; row < 30; row++) {
      double x = random.nextDouble(-300, 300);
      double y = random.nextDouble(-300, 300);
      double z = random.nextDouble(-300, 300);
      double timeNs = random.nextDouble(4_000);
      rows.add(x, y, z, timeNs, 2);
      turned.add(
          x * Math.cos(turn) - y * Math.sin(turn),
          x * Math.sin(turn) + y * Math.cos(turn),
          z,
          timeNs,
          2);
    }
    double[] gradient = new double[TrackFrame.SIZE];

    double before =
        new TrackLikelihood(TABLE, pulses(rows), 100, NOISE)
            .at(TrackFrame.of(0, 0, 50, 1_500, 0.6, 0, 0.8), gradient);
    double after =
        new TrackLikelihood(TABLE, pulses(turned), 100, NOISE)
            .at(
                TrackFrame.of(0, 0, 50, 1_500, 0.6 * Math.cos(turn), 0.6 * Math.sin(turn), 0.8),
                gradient);
    assertThat(after).as(Seeds.hint()).isCloseTo(before, within(1e-3));
  }

  private static PandelPulses pulses(Rows rows) {
    return PandelPulses.of(rows.table(), 0).orElseThrow();
  }
}
