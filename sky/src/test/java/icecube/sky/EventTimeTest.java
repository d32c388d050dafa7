// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates, and where the sky stands then. */
final class EventTimeTest {
  @Test
  void datesAreDaysSince1858() {
    assertThat(EventTime.parse("2000-01-01T12:00:00Z").mjd()).isEqualTo(51_544.5);
    assertThat(EventTime.parse("2026-11-21T14:24:00+02:24").mjd()).isEqualTo(61_365.5);
    assertThat(EventTime.parse("1970-01-01T00:00:00Z").mjd()).isEqualTo(EventTime.MJD_MIN);
    assertThat(EventTime.parse("2100-01-01T00:00:00Z").mjd()).isEqualTo(EventTime.MJD_MAX);
    assertThat(new EventTime(51_544.5).toIso()).isEqualTo("2000-01-01T12:00:00.000");
    assertThat(EventTime.parse("2023-04-16T05:22:26.150Z").toIso())
        .isEqualTo("2023-04-16T05:22:26.150");
  }

  @Test
  void theSkyIsWhereAstropyHasItButForNutationAndAberration() {
    double worst = 0;
    for (double[] row : Golden.rows("equatorial_golden.csv")) {
      SkyPoint ours = new EventTime(row[0]).equatorial(Direction.ofAngles(row[1], row[2]));
      worst = Math.max(worst, ours.separationRad(new SkyPoint(row[3], row[4])));
    }
    assertThat(Math.toDegrees(worst)).isBetween(0.005, 0.013);
  }

  @Test
  void siderealTimeIsThatOfAPublishedExample() {
    // Meeus, Astronomical Algorithms, examples 12.a and 12.b: 13h 10m 46.3668s, 8h 34m 57.0896s.
    assertThat(EventTime.parse("1987-04-10T00:00:00Z").siderealDegrees())
        .isCloseTo(197.693195, within(5e-5));
    assertThat(EventTime.parse("1987-04-10T19:21:00Z").siderealDegrees())
        .isCloseTo(128.7378734, within(5e-5));
  }

  @Test
  void withoutPrecessionTheSkyWouldBeElsewhere() {
    // At J2000 the detector's x axis looks where Greenwich's sidereal time + 90 degrees says.
    SkyPoint then = new EventTime(51_544.5).equatorial(Direction.ofAngles(0.5, 2));
    assertThat(then.longitudeRad())
        .isCloseTo(Math.toRadians(280.46061837 + 90 - 360) - 0.5 + 2 * Math.PI, within(1e-9));
    assertThat(then.latitudeRad()).isCloseTo(2 - Math.PI / 2, within(1e-15));
    // The pole of 2026 is 0.15 degrees from that of J2000.
    SkyPoint now = new EventTime(61_365.5).equatorial(Direction.ofAngles(0, 0));
    assertThat(Math.toDegrees(now.latitudeRad())).isCloseTo(-90 + 0.1497, within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, 0, -1, 2_459_000.5, 40_586, 88_070})
  void aDateOutsideIsToldWithTheRange(double mjd) {
    assertThatThrownBy(() -> new EventTime(mjd))
        .hasMessageContaining("mjd: " + mjd)
        .hasMessageContaining("1970 to 2100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-11-21", "2026-11-21T12:00:00", "2026-13-01T00:00:00Z"})
  void whatIsNoTimeIsTold(String text) {
    assertThatThrownBy(() -> EventTime.parse(text))
        .hasMessageContaining("time: " + text)
        .hasMessageContaining("expected: ISO-8601 with a zone");
  }
}
