// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The turn of the Earth's axis between a date and J2000.0. */
final class PrecessionTest {
  private static final double ARC_SECOND_RAD = Math.PI / 180 / 3_600;

  /** Meeus, Astronomical Algorithms, example 21.b, read backwards: theta Persei. */
  @Test
  void aPublishedStarComesBackToItsPlaceInJ2000() {
    SkyPoint ofDate = degrees(41.547214, 49.348483);
    SkyPoint published = degrees(41.054063, 49.227750);

    SkyPoint ours = Precession.toJ2000(ofDate, 2_462_088.69 - 2_400_000.5);

    assertThat(ours.separationRad(published)).isLessThan(0.01 * ARC_SECOND_RAD);
  }

  @Test
  void atJ2000NothingTurns() {
    SkyPoint point = degrees(123, -45);
    assertThat(Precession.toJ2000(point, 51_544.5).separationRad(point)).isLessThan(1e-15);
  }

  @Test
  void polesAreTurnedToo() {
    // The pole of 2028 lies 28 years of 20.04" from that of J2000, towards its equinox.
    SkyPoint pole = Precession.toJ2000(degrees(0, -90), 51_544.5 + 28 * 365.25);
    double turned = pole.separationRad(degrees(0, -90)) / ARC_SECOND_RAD;
    assertThat(turned).isBetween(28 * 20.03, 28 * 20.05);
  }

  private static SkyPoint degrees(double longitude, double latitude) {
    return new SkyPoint(Math.toRadians(longitude), Math.toRadians(latitude));
  }
}
