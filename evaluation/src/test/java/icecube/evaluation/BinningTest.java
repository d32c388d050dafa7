// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Direction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bins are fixed, and every value has one. */
final class BinningTest {
  private static final Direction DOWN = new Direction(0, 0, 1);

  @ParameterizedTest
  @CsvSource({
    "1, below 1e2",
    "100, 1e2 to 3.16e2",
    "316, 1e2 to 3.16e2",
    "317, 3.16e2 to 1e3",
    "1000, 1e3 to 3.16e3",
    "9.9e6, 3.16e6 to 1e7",
    "1e7, 1e7 and above",
    "1e12, 1e7 and above"
  })
  void energiesAreSortedByHalfDecades(double energyGev, String label) {
    EventTruth truth = new EventTruth(DOWN, energyGev, null, 1);
    assertThat(Binning.ENERGY.bins().get(Binning.ENERGY.binOf(truth)).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @CsvSource({
    "1, below 32",
    "31, below 32",
    "32, 32 to 48",
    "767, 256 to 768",
    "768, 768 and above"
  })
  void pulsesAreSortedByTheirNumber(int pulses, String label) {
    EventTruth truth = new EventTruth(DOWN, null, null, pulses);
    assertThat(Binning.PULSES.bins().get(Binning.PULSES.binOf(truth)).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @CsvSource({"1, 9", "0.8, 9", "0.79, 8", "0.01, 5", "0, 5", "-0.01, 4", "-1, 0"})
  void zenithsAreSortedByTheirCosine(double cosine, int bin) {
    Direction direction = Direction.ofAngles(1, Math.acos(cosine));
    Direction exact = new Direction(Math.sqrt(1 - cosine * cosine), 0, cosine);
    assertThat(Binning.ZENITH.binOf(new EventTruth(exact, null, null, 1))).isEqualTo(bin);
    assertThat(direction.z()).isBetween(cosine - 1e-9, cosine + 1e-9);
  }

  @Test
  void whatIsNotKnownHasNoBin() {
    EventTruth truth = new EventTruth(DOWN, null, null, 1);
    assertThat(Binning.ENERGY.binOf(truth)).isNegative();
    assertThat(Binning.TOPOLOGY.binOf(truth)).isNegative();
    assertThat(Binning.TOPOLOGY.binOf(new EventTruth(DOWN, null, true, 1))).isZero();
    assertThat(Binning.TOPOLOGY.binOf(new EventTruth(DOWN, null, false, 1))).isEqualTo(1);
  }

  @Test
  void binsFollowOneAnotherWithoutAGap() {
    for (Binning binning : Binning.values()) {
      for (int bin = 1; bin < binning.bins().size(); bin++) {
        assertThat(binning.bins().get(bin).low()).isEqualTo(binning.bins().get(bin - 1).high());
      }
    }
  }
}
