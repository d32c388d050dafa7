// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tessellation, beside the figures of its paper and what healpy says. */
final class HealpixTest {
  private static final long SEED = Long.getLong("icecube.seed", 20_050_401);

  @Test
  void pixelsAndMiddlesAreThoseOfHealpy() {
    var rows = Golden.rows("healpix_golden.csv");
    assertThat(rows).hasSizeGreaterThan(250);
    for (double[] row : rows) {
      int order = (int) row[0];
      SkyPoint point = new SkyPoint(row[1], row[2]);
      long pixel = Healpix.pixelAt(order, point);
      SkyPoint center = new SkyPoint(row[4], row[5]);
      assertThat(Healpix.center(order, pixel).separationRad(center))
          .as("order %d, %s", order, point)
          .isLessThan(4e-9 / Healpix.edgeCount(order) + 2e-15 + nearPole(center));
      if (order < 20) { // a double beyond 2^53 is no exact number of a pixel
        assertThat(pixel).as("order %d, %s", order, point).isEqualTo((long) row[3]);
      }
      assertThat(Healpix.radiusMaxRad(order)).isCloseTo(row[6], within(1e-14));
    }
  }

  /** Healpy gives a colatitude, whose cosine it has computed with: 1e-16 is 1.5e-8 rad there. */
  private static double nearPole(SkyPoint center) {
    return Math.PI / 2 - Math.abs(center.latitudeRad()) < 0.01 ? 3e-8 : 0;
  }

  @ParameterizedTest
  @CsvSource({"0, 12", "3, 768", "6, 49152", "9, 3145728", "29, 3458764513820540928"})
  void pixelsAreTwelveTimesFourToTheOrder(int order, long count) {
    assertThat(Healpix.pixelCount(order)).isEqualTo(count);
    assertThat(Healpix.areaSr(order) * count).isCloseTo(4 * Math.PI, within(1e-14));
  }

  @Test
  void facesLieAsInFigureFourOfTheirPaper() {
    assertThat(Healpix.center(0, 0).longitudeRad()).isCloseTo(Math.PI / 4, within(1e-15));
    assertThat(Math.sin(Healpix.center(0, 0).latitudeRad())).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(Healpix.center(0, 4)).isEqualTo(new SkyPoint(0, 0));
    assertThat(Healpix.center(0, 6).longitudeRad()).isCloseTo(Math.PI, within(1e-15));
    assertThat(Math.sin(Healpix.center(0, 11).latitudeRad())).isCloseTo(-2.0 / 3, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void everyMiddleLiesInItsPixel(int order) {
    for (long pixel = 0; pixel < Healpix.pixelCount(order); pixel++) {
      assertThat(Healpix.pixelAt(order, Healpix.center(order, pixel))).isEqualTo(pixel);
    }
  }

  @Test
  void middlesLieInTheirPixelsAtEveryOrder() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int order = 0; order <= Healpix.ORDER_MAX; order++) {
      for (int i = 0; i < 2000; i++) {
        long pixel = random.nextLong(Healpix.pixelCount(order));
        assertThat(Healpix.pixelAt(order, Healpix.center(order, pixel)))
            .as("order %d, -Dicecube.seed=%d", order, SEED)
            .isEqualTo(pixel);
        assertThat(Healpix.orderOf(Healpix.uniqueOf(order, pixel))).isEqualTo(order);
        assertThat(Healpix.pixelOf(Healpix.uniqueOf(order, pixel))).isEqualTo(pixel);
      }
    }
  }

  @Test
  void aPointsPixelIsWithinThatOfTheOrderBefore() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 5000; i++) {
      SkyPoint point = anywhere(random);
      for (int order = 1; order <= Healpix.ORDER_MAX; order++) {
        long pixel = Healpix.pixelAt(order, point);
        assertThat(pixel >> 2)
            .as("order %d, %s, -Dicecube.seed=%d", order, point, SEED)
            .isEqualTo(Healpix.pixelAt(order - 1, point));
        assertThat(Healpix.center(order, pixel).separationRad(point))
            .isLessThanOrEqualTo(Healpix.radiusMaxRad(order) * (1 + 1e-6));
      }
    }
  }

  @Test
  void pixelsOfOneOrderAreOfOneArea() {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] counts = new int[768];
    int draws = 768 * 2000;
    for (int i = 0; i < draws; i++) {
      counts[(int) Healpix.pixelAt(3, anywhere(random))]++;
    }
    for (int count : counts) { // 2000 ± 45; six deviations
      assertThat(count).as("-Dicecube.seed=%d", SEED).isBetween(1730, 2270);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 11, 29})
  void polesAndSeamsBelongToAPixelNearby(int order) {
    double belt = Math.asin(2.0 / 3);
    for (double latitude : new double[] {-Math.PI / 2, -belt, 0, belt, Math.PI / 2}) {
      for (int quarter = 0; quarter <= 8; quarter++) {
        SkyPoint point = new SkyPoint(quarter * Math.PI / 4, latitude);
        SkyPoint center = Healpix.center(order, Healpix.pixelAt(order, point));
        assertThat(center.separationRad(point))
            .as("%s at order %d", point, order)
            .isLessThanOrEqualTo(Healpix.radiusMaxRad(order) * (1 + 1e-6));
      }
    }
  }

  @Test
  void whatIsNoPixelIsTold() {
    assertThatThrownBy(() -> Healpix.pixelCount(30)).hasMessage("order: 30 (expected: 0..29)");
    assertThatThrownBy(() -> Healpix.center(1, 48))
        .hasMessage("pixel: 48 (expected: 0..47 at order 1)");
    assertThatThrownBy(() -> Healpix.orderOf(3))
        .hasMessage("unique pixel: 3 (expected: at least 4)");
  }

  private static SkyPoint anywhere(SplittableRandom random) {
    return new SkyPoint(
        random.nextDouble(2 * Math.PI), Math.asin(Math.nextUp(random.nextDouble(-1, 1))));
  }
}
