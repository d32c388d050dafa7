// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PandelTableTest {
  private static final SmearedPandel LAW = new SmearedPandel(6);
  private static final PandelTable TABLE = new PandelTable(LAW);

  @Test
  void agreesWithTheLawBetweenItsPoints() {
    var random = Seeds.random();
    for (int trial = 0; trial < 2_000; trial++) {
      double timeNs = random.nextBoolean() ? random.nextDouble(-30, 60) : random.nextDouble(9_000);
      double shape = Math.exp(random.nextDouble(Math.log(0.03), Math.log(40)));
      double wanted = LAW.logDensity(timeNs, shape);
      // Where it is rarer than this, the noise floor hides what the table says.
      if (wanted > -20) {
        assertThat(look(timeNs, shape).logDensity)
            .as("t %s ns, shape %s, %s", timeNs, shape, Seeds.hint())
            .isCloseTo(wanted, within(5e-3));
      }
    }
  }

  @Test
  void whatComesLaterIsTheRestOfTheIntegral() {
    for (double shape : new double[] {0.1, 1, 6}) {
      for (double fromNs : new double[] {-20, 0, 15, 300, 2_000}) {
        double sum = 0;
        for (double timeNs = fromNs; timeNs < 15_000; timeNs += 0.25) {
          sum += 0.25 * Math.exp(LAW.logDensity(timeNs + 0.125, shape));
        }

        assertThat(Math.exp(look(fromNs, shape).logLater))
            .as("t %s ns, shape %s", fromNs, shape)
            .isCloseTo(sum, within(2e-3 * sum + 1e-9));
      }
    }
    assertThat(look(-40, 2).logLater).isCloseTo(0, within(1e-4));
  }

  @Test
  void itsDerivativesAreThoseOfWhatItSays() {
    var random = Seeds.random();
    for (int trial = 0; trial < 1_000; trial++) {
      double timeNs = random.nextDouble(-30, 500);
      double shape = random.nextDouble(0.1, 10);
      double step = 1e-5;
      var here = look(timeNs, shape);
      var later = look(timeNs + step, shape);
      var earlier = look(timeNs - step, shape);
      var more = look(timeNs, shape + step);
      var less = look(timeNs, shape - step);
      String where = "t %s ns, shape %s, %s".formatted(timeNs, shape, Seeds.hint());

      assertThat(here.logDensityPerNs)
          .as(where)
          .isCloseTo((later.logDensity - earlier.logDensity) / (2 * step), within(1e-3));
      assertThat(here.logLaterPerNs)
          .as(where)
          .isCloseTo((later.logLater - earlier.logLater) / (2 * step), within(1e-3));
      assertThat(here.logDensityPerShape)
          .as(where)
          .isCloseTo((more.logDensity - less.logDensity) / (2 * step), within(1e-2));
      assertThat(here.logLaterPerShape)
          .as(where)
          .isCloseTo((more.logLater - less.logLater) / (2 * step), within(1e-2));
    }
  }

  @Test
  void beyondItsEdgesItIsFiniteAndFlat() {
    for (double timeNs : new double[] {-1e9, 1e9}) {
      for (double shape : new double[] {1e-6, 1, 1e6}) {
        var found = look(timeNs, shape);

        assertThat(found.logDensity).isFinite();
        assertThat(found.logLater).isFinite();
        assertThat(found.logDensityPerNs).isZero();
        assertThat(found.logLaterPerNs).isZero();
      }
    }
    assertThat(look(10, 1e6).logDensityPerShape).isZero();
  }

  private static PandelTable.Found look(double timeNs, double shape) {
    var found = new PandelTable.Found();
    TABLE.look(timeNs, shape, found);
    return found;
  }
}
