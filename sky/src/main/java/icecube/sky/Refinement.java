// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Divides the sky into pixels for a profile: from nside 8 on, the pixel within which the most
 * probability could be misplaced is divided in four, until none could misplace more than {@link
 * #SPREAD_MAX}, the pixels are as fine as {@link #ORDER_MAX}, or there are as many as allowed.
 *
 * <p>What a pixel could misplace is its area times the largest minus the smallest density that its
 * distance from the best direction allows. Its value is the mean of the density over it: the pixel
 * is divided on, without being written, until its parts could misplace no more than {@link
 * #QUADRATURE_SPREAD_MAX}, and the middles of the parts are averaged. What is left of the error is
 * taken out by dividing all by the sum. Confined to one thread.
 */
final class Refinement {
  /** Nside 8, where scans of the sky begin, too. */
  static final int ORDER_MIN = 3;

  /** Nside 2048, 1.7' a pixel: the finest that maps of gravitational waves have. */
  static final int ORDER_MAX = 11;

  /** Pixels of one map: 1 MiB as FITS. Maps of one event stay far below. */
  static final int PIXEL_COUNT_MAX = 65_536;

  /** Probability that a pixel may misplace before it is divided. */
  static final double SPREAD_MAX = 1e-4;

  /** The same for the parts that its mean is taken over: two divisions further, about. */
  static final double QUADRATURE_SPREAD_MAX = SPREAD_MAX / 64;

  /** How far the sum of all pixels may be off before it is brought to 1. */
  static final double QUADRATURE_ERROR_MAX = 1e-3;

  private final SkyPoint center;
  private final RadialProfile profile;

  private Refinement(SkyPoint center, RadialProfile profile) {
    this.center = center;
    this.profile = profile;
  }

  /** One pixel and what it could misplace. */
  private record Pixel(int order, long number, double spread) {}

  static SkyMap map(SkyPoint center, RadialProfile profile, int pixelCountMax) {
    return new Refinement(center, profile).map(pixelCountMax);
  }

  private SkyMap map(int pixelCountMax) {
    List<Pixel> leaves = leaves(pixelCountMax);
    leaves.sort(Comparator.comparingLong(pixel -> Healpix.uniqueOf(pixel.order, pixel.number)));
    long[] uniques = new long[leaves.size()];
    double[] densities = new double[leaves.size()];
    double sum = 0;
    for (int i = 0; i < uniques.length; i++) {
      Pixel pixel = leaves.get(i);
      uniques[i] = Healpix.uniqueOf(pixel.order, pixel.number);
      densities[i] = mean(pixel.order, pixel.number);
      sum += densities[i] * Healpix.areaSr(pixel.order);
    }
    if (!(Math.abs(sum - 1) <= QUADRATURE_ERROR_MAX)) {
      throw new IllegalStateException(
          "sum of pixels: " + sum + " (expected: 1 within " + QUADRATURE_ERROR_MAX + ")");
    }
    for (int i = 0; i < densities.length; i++) {
      densities[i] /= sum;
    }
    return new SkyMap(center, profile, uniques, densities);
  }

  private List<Pixel> leaves(int pixelCountMax) {
    // By number where two could misplace the same, so that the map does not depend on the queue.
    PriorityQueue<Pixel> open =
        new PriorityQueue<>(
            Comparator.comparingDouble((Pixel pixel) -> -pixel.spread)
                .thenComparingInt(Pixel::order)
                .thenComparingLong(Pixel::number));
    List<Pixel> leaves = new ArrayList<>();
    for (long number = 0; number < Healpix.pixelCount(ORDER_MIN); number++) {
      open.add(pixel(ORDER_MIN, number));
    }
    while (!open.isEmpty()) {
      Pixel worst = open.remove();
      if (worst.spread <= SPREAD_MAX
          || worst.order == ORDER_MAX
          || open.size() + leaves.size() + 4 > pixelCountMax) {
        leaves.add(worst);
      } else {
        for (int part = 0; part < 4; part++) {
          open.add(pixel(worst.order + 1, 4 * worst.number + part));
        }
      }
    }
    return leaves;
  }

  private Pixel pixel(int order, long number) {
    return new Pixel(order, number, spread(order, distanceRad(order, number)));
  }

  private double distanceRad(int order, long number) {
    return center.separationRad(Healpix.center(order, number));
  }

  private double spread(int order, double distanceRad) {
    double radius = Healpix.radiusMaxRad(order);
    return Healpix.areaSr(order) * profile.spread(distanceRad - radius, distanceRad + radius);
  }

  /** Mean density over a pixel. */
  private double mean(int order, long number) {
    double distance = distanceRad(order, number);
    if (order == Healpix.ORDER_MAX || spread(order, distance) <= QUADRATURE_SPREAD_MAX) {
      return profile.densityAt(distance);
    }
    double sum = 0;
    for (int part = 0; part < 4; part++) {
      sum += mean(order + 1, 4 * number + part);
    }
    return sum / 4;
  }
}
