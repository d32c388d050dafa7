// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A map covers the sky once, sums to 1 and holds what its profile holds. */
final class SkyMapTest {
  private static final long SEED = Long.getLong("icecube.seed", 7);

  private static SkyMap map(double longitude, double latitude, double r50, double r90) {
    return SkyMap.of(
        new SkyPoint(longitude, latitude),
        RadialProfile.ofRadii(Math.toRadians(r50), Math.toRadians(r90)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.3, 0.3, 1", "0, 1.5707963267948966, 1, 3", "6.28, -1.5707, 5, 14",
    "4.7, 0.7297, 2, 30", "3, -1, 20, 70", "2, 0, 60, 120"
  })
  void theSumIsOneAndAreasAreThoseOfTheDiscs(
      double longitude, double latitude, double r50, double r90) {
    SkyMap map = map(longitude, latitude, r50, r90);
    assertThat(map.total()).isCloseTo(1, within(1e-12));
    assertThat(map.areaSquareDegrees(0.5) / disc(r50)).isCloseTo(1, within(0.01));
    assertThat(map.areaSquareDegrees(0.9) / disc(r90)).isCloseTo(1, within(0.01));
    assertThat(map.areaSquareDegrees(0)).isZero();
    assertThat(map.areaSquareDegrees(1)).isLessThanOrEqualTo(41_253.0);
    assertThat(map.pixelCount()).isBetween(768, 20_000);
  }

  private static double disc(double radiusDegrees) {
    return 2 * Math.PI * (1 - Math.cos(Math.toRadians(radiusDegrees))) * Math.pow(180 / Math.PI, 2);
  }

  @Test
  void everyPointLiesInOnePixelWhoseValueIsTheDensity() {
    SplittableRandom random = new SplittableRandom(SEED);
    SkyMap map = map(5, -0.4, 3, 12);
    double peak = map.profile().densityAt(0);
    for (int i = 0; i < 20_000; i++) {
      SkyPoint point =
          map.center().at(Math.pow(random.nextDouble(), 3) * Math.PI, random.nextDouble(7));
      double exact = map.profile().densityAt(map.center().separationRad(point));
      assertThat(map.densityAt(point))
          .as("%s, -Dicecube.seed=%d", point, SEED)
          .isCloseTo(exact, within(0.1 * peak));
    }
  }

  @Test
  void pixelsTileTheSky() {
    SkyMap map = map(5, -0.4, 1, 4);
    double area = 0;
    Set<Integer> orders = new HashSet<>();
    for (int i = 0; i < map.pixelCount(); i++) {
      assertThat(i == 0 || map.unique(i - 1) < map.unique(i)).isTrue();
      int order = Healpix.orderOf(map.unique(i));
      orders.add(order);
      area += Healpix.areaSr(order);
      long pixel = Healpix.pixelOf(map.unique(i));
      assertThat(map.densityAt(Healpix.center(order, pixel))).isEqualTo(map.density(i));
    }
    assertThat(area).isCloseTo(4 * Math.PI, within(1e-9));
    assertThat(orders).contains(Refinement.ORDER_MIN, map.orderMax()).hasSizeGreaterThan(4);
  }

  @Test
  void probabilityWithinARadiusIsTheProfiles() {
    SkyMap map = map(2, 1.2, 4, 11);
    for (double degrees : new double[] {2, 4, 8, 11, 20, 60}) {
      double radius = Math.toRadians(degrees);
      double sum = 0;
      for (int i = 0; i < map.pixelCount(); i++) {
        int order = Healpix.orderOf(map.unique(i));
        SkyPoint middle = Healpix.center(order, Healpix.pixelOf(map.unique(i)));
        sum += middle.separationRad(map.center()) <= radius ? map.probability(i) : 0;
      }
      assertThat(sum).isCloseTo(map.profile().probabilityWithin(radius), within(0.01));
    }
  }

  @Test
  void theEvenSkyStaysAtTheCoarsestOrder() {
    SkyMap map = SkyMap.of(new SkyPoint(1, 1), RadialProfile.ofKappa(0));
    assertThat(map.pixelCount()).isEqualTo(768);
    assertThat(map.orderMax()).isEqualTo(Refinement.ORDER_MIN);
    assertThat(map.areaSquareDegrees(0.9)).isCloseTo(0.9 * 41_252.96, within(1.0));
  }

  @Test
  void aPeakFinerThanThePixelsIsWhollyInThem() {
    SkyMap map = SkyMap.of(new SkyPoint(1, 1), RadialProfile.ofKappa(1e10));
    assertThat(map.orderMax()).isEqualTo(Refinement.ORDER_MAX);
    assertThat(map.total()).isCloseTo(1, within(1e-12));
    assertThat(map.pixelCount()).isLessThan(2000);
  }

  @Test
  void thePixelsAreNoMoreThanAllowed() {
    SkyPoint center = new SkyPoint(1, 1);
    SkyMap map = Refinement.map(center, RadialProfile.ofKappa(1e4), 900);
    assertThat(map.pixelCount()).isBetween(890, 900);
    assertThat(map.total()).isCloseTo(1, within(1e-12));
  }

  @Test
  void whatIsNoProbabilityIsTold() {
    SkyMap map = SkyMap.of(new SkyPoint(1, 1), RadialProfile.ofKappa(0));
    assertThatThrownBy(() -> map.areaSquareDegrees(-1)).hasMessageContaining("probability: -1.0");
  }
}
