// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * A probability density over the whole sky in HEALPix pixels of several orders: fine where the
 * density is steep, coarse where it is flat, every point in exactly one pixel, and a sum of 1.
 *
 * <p>The value of a pixel is the mean of the density over it. Immutable and thread-safe.
 */
public final class SkyMap {
  private static final double SQUARE_DEGREES_PER_SR = Math.pow(180 / Math.PI, 2);

  private final SkyPoint center;
  private final RadialProfile profile;
  private final long[] uniques;
  private final double[] densities;

  SkyMap(SkyPoint center, RadialProfile profile, long[] uniques, double[] densities) {
    this.center = center;
    this.profile = profile;
    this.uniques = uniques;
    this.densities = densities;
  }

  /** The map of a profile around its best direction. */
  public static SkyMap of(SkyPoint center, RadialProfile profile) {
    return Refinement.map(
        requireNonNull(center, "center"),
        requireNonNull(profile, "profile"),
        Refinement.PIXEL_COUNT_MAX);
  }

  /** The best direction. */
  public SkyPoint center() {
    return center;
  }

  /** What the map was made from. */
  public RadialProfile profile() {
    return profile;
  }

  /** Pixels of all orders. */
  public int pixelCount() {
    return uniques.length;
  }

  /** The unique number of a pixel; they grow with the index. */
  public long unique(int index) {
    return uniques[index];
  }

  /** Probability per steradian in a pixel. */
  public double density(int index) {
    return densities[index];
  }

  /** Probability in a pixel. */
  public double probability(int index) {
    return densities[index] * Healpix.areaSr(Healpix.orderOf(uniques[index]));
  }

  /** The finest order in the map. */
  public int orderMax() {
    return Healpix.orderOf(uniques[uniques.length - 1]);
  }

  /** Probability of the whole sky, 1 up to rounding. */
  public double total() {
    double sum = 0;
    for (int i = 0; i < uniques.length; i++) {
      sum += probability(i);
    }
    return sum;
  }

  /** Density of the pixel that a point lies in, per steradian. */
  public double densityAt(SkyPoint point) {
    int finest = orderMax();
    long pixel = Healpix.pixelAt(finest, point);
    for (int order = finest; order >= Refinement.ORDER_MIN; order--) {
      int index = Arrays.binarySearch(uniques, Healpix.uniqueOf(order, pixel));
      if (index >= 0) {
        return densities[index];
      }
      pixel >>= 2;
    }
    throw new IllegalStateException("point: " + point + " (expected: a pixel that holds it)");
  }

  /**
   * Area of the smallest region that holds a probability, in square degrees: pixels from the
   * densest on, of the last one the part that is needed. Where the density falls outward everywhere
   * it is the disc of that radius.
   */
  public double areaSquareDegrees(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + " (expected: 0..1)");
    }
    Integer[] order = new Integer[uniques.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(densities[b], densities[a]));
    double area = 0;
    double held = 0;
    for (int index : order) {
      double more = probability(index);
      double pixelArea = Healpix.areaSr(Healpix.orderOf(uniques[index]));
      if (held + more >= probability) {
        double part = more == 0 ? 0 : (probability - held) / more;
        return (area + part * pixelArea) * SQUARE_DEGREES_PER_SR;
      }
      held += more;
      area += pixelArea;
    }
    return area * SQUARE_DEGREES_PER_SR;
  }
}
