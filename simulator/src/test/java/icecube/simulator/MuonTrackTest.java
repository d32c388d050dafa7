// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** A muon's drawn losses against the closed forms that they are drawn from. */
class MuonTrackTest {
  private static final int ROUNDS = 4_000;

  private final MuonTrack track = new MuonTrack();
  private final RandomStream random = new RandomStream();

  /** Losses of one process per metre and share v, times v. */
  private static double lossDensity(double v) {
    double a = 0.005;
    return MuonTrack.BREMSSTRAHLUNG * (4.0 / 3 - 4.0 / 3 * v + v * v)
        + MuonTrack.PAIRS * a * (1 + a) / ((v + a) * (v + a))
        + MuonTrack.PHOTONUCLEAR * 2 * (1 - v);
  }

  /** By Simpson's rule in ln v. */
  private static double integral(DoubleUnaryOperator density, double from, double to) {
    int steps = 4_000;
    double width = Math.log(to / from) / steps;
    double sum = 0;
    for (int step = 0; step <= steps; step++) {
      double v = from * Math.exp(step * width);
      int weight = step == 0 || step == steps ? 1 : step % 2 == 1 ? 4 : 2;
      sum += weight * v * density.applyAsDouble(v);
    }
    return sum * width / 3;
  }

  @Test
  void allLossesTogetherAreTheMeanLoss() {
    assertThat(MuonTrack.softLoss(1)).isCloseTo(Optics.MUON_LOSS_B, within(1e-12));
  }

  @Test
  void ratesAndSoftLossesAreIntegralsOfTheDensity() {
    for (double share : new double[] {0.01, 0.05, 0.3}) {
      double rate = integral(v -> lossDensity(v) / v, share, 1);
      double soft = integral(MuonTrackTest::lossDensity, 1e-9, share);

      assertThat(MuonTrack.rate(share)).isCloseTo(rate, within(1e-6 * rate));
      assertThat(MuonTrack.softLoss(share)).isCloseTo(soft, within(1e-5 * soft));
    }
  }

  @Test
  void theMeanEnergyFallsAsWithMeanLosses() {
    random.restart(1, 0);
    double energy = 10_000;
    double left = 0;
    for (int round = 0; round < ROUNDS; round++) {
      track.draw(random, energy, 0, 400);
      left += track.energyAt(400);
    }

    // The smooth part above is exact; the mean of the drawn part scatters by 0.3 %.
    assertThat(left / ROUNDS / Optics.muonEnergyGev(energy, 400)).isCloseTo(1, within(0.01));
  }

  @Test
  void theNumberOfShowersIsTheRateTimesTheWay() {
    random.restart(2, 0);
    double showers = 0;
    for (int round = 0; round < ROUNDS; round++) {
      track.draw(random, 1e5, 0, 100);
      showers += track.count() - 1;
    }

    double expected = ROUNDS * 100 * MuonTrack.rate(MuonTrack.SHARE_MIN);
    assertThat(showers).isCloseTo(expected, within(5 * Math.sqrt(expected)));
  }

  @Test
  void lightOfShowersAndSmoothTrackIsTheMeanLightInTheMean() {
    random.restart(3, 0);
    double energy = 20_000;
    double light = 0;
    int rounds = 10 * ROUNDS;
    for (int round = 0; round < rounds; round++) {
      track.draw(random, energy, 0, 100);
      light += 100 * track.lightAt(50);
      for (int step = 1; step < track.count(); step++) {
        light += Optics.METERS_PER_GEV * track.showerGev(step);
      }
    }

    double meanLight = Optics.muonLight(Optics.muonEnergyGev(energy, 50));
    assertThat(light / rounds / (100 * meanLight)).isCloseTo(1, within(0.1));
  }

  @Test
  void energyAndLightNeverRiseAndShowersAreWhatTheStepsLose() {
    random.restart(4, 0);
    for (int round = 0; round < 200; round++) {
      track.draw(random, 3_000, -500, 700);
      double energy = Double.POSITIVE_INFINITY;
      double light = Double.POSITIVE_INFINITY;
      for (double at = -500; at < track.endMeters(); at += 1.7) {
        assertThat(track.energyAt(at)).isLessThanOrEqualTo(energy);
        assertThat(track.lightAt(at)).isLessThanOrEqualTo(light * 1.05);
        energy = track.energyAt(at);
        light = track.lightAt(at);
      }
      for (int step = 1; step < track.count(); step++) {
        double before = track.energyAt(track.meters(step) - 1e-9);
        double after = track.energyAt(track.meters(step));
        assertThat(before - after).isCloseTo(track.showerGev(step), within(1e-6 * before));
        assertThat(track.showerGev(step)).isGreaterThanOrEqualTo(MuonTrack.ENERGY_MIN_GEV - 1e-9);
      }
    }
  }

  @Test
  void aSlowMuonHasNoShowersAndStopsAtItsRange() {
    random.restart(5, 0);
    track.draw(random, 9, 0, 1_000);

    assertThat(track.count()).isOne();
    assertThat(track.endMeters()).isCloseTo(Optics.muonRangeMeters(9), within(1e-9));
    assertThat(track.energyAt(track.endMeters())).isCloseTo(0, within(1e-9));
  }

  @Test
  void theBrightestMuonKeepsItsLimitOfSteps() {
    random.restart(6, 0);
    track.draw(random, 1e9, 0, 1e7);

    assertThat(track.count()).isLessThanOrEqualTo(MuonTrack.STEP_COUNT_MAX + 1);
  }
}
