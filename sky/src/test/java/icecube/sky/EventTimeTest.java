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
    assertThat(new EventTime(51_544.5).toIso()).isEqualTo("2000-01-01T12:00:00.000");
    assertThat(EventTime.parse("2023-04-16T05:22:26.150Z").toIso())
        .isEqualTo("2023-04-16T05:22:26.150");
  }

  @Test
  void theSkyIsWhereAstropyHasItWithinTheFormulasOwnError() {
    double worst = 0;
    for (double[] row : Golden.rows("equatorial_golden.csv")) {
      SkyPoint ours = new EventTime(row[0]).equatorial(Direction.ofAngles(row[1], row[2]));
      worst = Math.max(worst, ours.separationRad(new SkyPoint(row[3], row[4])));
    }
    assertThat(Math.toDegrees(worst)).isBetween(0.01, 0.3);
  }

  @Test
  void theFormulaIsTheOneNamed() {
    SkyPoint point = new EventTime(57_000.75).equatorial(Direction.ofAngles(1, 2));
    double turns = 57_000.75 / 0.997269566;
    double expected = 2.54199002505 + 2 * Math.PI * (turns - Math.floor(turns)) - 1 - 2 * Math.PI;
    assertThat(point.longitudeRad()).isCloseTo(expected, within(1e-9));
    assertThat(point.latitudeRad()).isCloseTo(2 - Math.PI / 2, within(1e-15));
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
