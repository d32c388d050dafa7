// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

/**
 * The HEALPix tessellation in its NESTED numbering: 12·4^order pixels of one area, where pixel p of
 * one order is the pixels 4p to 4p + 3 of the next.
 *
 * <p>The sphere is unrolled as in M. R. Calabretta and B. F. Roukema, Mon. Not. R. Astron. Soc. 381
 * (2007) 865: with u = longitude in quarter turns and z = sin latitude, the belt |z| ≤ 2/3 becomes
 * (a, b) = (u, 3z/4), a cap becomes a = m + (u − m)·σ, b = ±(1 − σ/2), σ² = 3(1 − |z|), m the
 * middle of the quarter. There the twelve faces are unit squares on their corners, and a + b and a
 * − b count along their edges. Numbering and faces: K. M. Górski et al., Astrophys. J. 622 (2005)
 * 759. The unique number of a pixel of any order is 4·4^order + p. Pure and thread-safe.
 */
public final class Healpix {
  /** The finest order whose numbers fit a signed 64-bit integer. */
  public static final int ORDER_MAX = 29;

  private static final double BELT = 2.0 / 3;
  private static final double QUARTER = Math.PI / 2;

  private Healpix() {}

  /** Pixels along the edge of a face: 2^order. */
  public static int edgeCount(int order) {
    requireOrder(order);
    return 1 << order;
  }

  /** Pixels of the whole sphere: 12·4^order. */
  public static long pixelCount(int order) {
    requireOrder(order);
    return 12L << (2 * order);
  }

  /** Area of one pixel, sr. */
  public static double areaSr(int order) {
    return 4 * Math.PI / pixelCount(order);
  }

  /** The unique number of a pixel among those of all orders. */
  public static long uniqueOf(int order, long pixel) {
    requirePixel(order, pixel);
    return (4L << (2 * order)) + pixel;
  }

  /** The order of a unique number. */
  public static int orderOf(long unique) {
    if (unique < 4) {
      throw new IllegalArgumentException("unique pixel: " + unique + " (expected: at least 4)");
    }
    return (Long.SIZE - 1 - Long.numberOfLeadingZeros(unique)) / 2 - 1;
  }

  /** The NESTED number, within its order, of a unique number. */
  public static long pixelOf(long unique) {
    return unique - (4L << (2 * orderOf(unique)));
  }

  /** The pixel that a point lies in. */
  public static long pixelAt(int order, SkyPoint point) {
    double u = point.longitudeRad() / QUARTER;
    double z = Math.sin(point.latitudeRad());
    if (Math.abs(z) <= BELT) {
      double rising = u + 0.75 * z + 0.5;
      double falling = u - 0.75 * z + 0.5;
      int column = (int) Math.floor(rising);
      int row = (int) Math.floor(falling);
      return pixel(order, beltFace(column, row), rising - column, 1 - (falling - row));
    }
    int quarter = Math.min(3, (int) u);
    double within = u - quarter;
    double sigma = capSigma(point.latitudeRad());
    return z > 0
        ? pixel(order, quarter, 1 - sigma * (1 - within), 1 - sigma * within)
        : pixel(order, quarter + 8, sigma * within, sigma * (1 - within));
  }

  private static int beltFace(int column, int row) {
    if (column == row) {
      return 4 + (column & 3);
    }
    return row < column ? row & 3 : 8 + (column & 3);
  }

  /** √(3(1 − |z|)) without cancellation: 1 − sin = 2 sin² of half the angle to the pole. */
  private static double capSigma(double latitudeRad) {
    return Math.sqrt(6) * Math.sin((QUARTER - Math.abs(latitudeRad)) / 2);
  }

  /** The pixel of a face at a place in [0, 1]² from its southern corner, east and west upward. */
  private static long pixel(int order, int face, double east, double west) {
    int edge = edgeCount(order);
    int x = Math.max(0, Math.min(edge - 1, (int) (east * edge)));
    int y = Math.max(0, Math.min(edge - 1, (int) (west * edge)));
    return ((long) face << (2 * order)) + spread(x) + 2 * spread(y);
  }

  /** The middle of a pixel. */
  public static SkyPoint center(int order, long pixel) {
    requirePixel(order, pixel);
    int edge = edgeCount(order);
    int face = (int) (pixel >> (2 * order));
    long place = pixel & ((1L << (2 * order)) - 1);
    double east = (gather(place) + 0.5) / edge;
    double west = (gather(place >> 1) + 0.5) / edge;
    int quarter = face & 3;
    double across = (east - west) / 2;
    double up = (east + west) / 2; // 0 at the southern corner of the face, 1 at the northern
    int row = face >> 2; // 0 north, 1 belt, 2 south
    double middle = row == 1 ? quarter : quarter + 0.5;
    double b = up - row * 0.5;
    if (Math.abs(b) <= 0.5) {
      return new SkyPoint((middle + across) * QUARTER, Math.asin(b / 0.75));
    }
    double sigma = row == 0 ? 2 * (1 - up) : 2 * up;
    double polarRad = 2 * Math.asin(sigma / Math.sqrt(6));
    double latitude = row == 0 ? QUARTER - polarRad : polarRad - QUARTER;
    return new SkyPoint((middle + across / sigma) * QUARTER, latitude);
  }

  /**
   * An angle that no point of a pixel exceeds from the pixel's middle, rad: that of the pixels at
   * the corner of belt and cap, from (z, φ) = (2/3, π/(4n)) to (1 − (1 − 1/n)²/3, 0) with n =
   * 2^order.
   */
  public static double radiusMaxRad(int order) {
    int edge = edgeCount(order);
    double toPole = 1 - 1.0 / edge;
    SkyPoint middle = new SkyPoint(Math.PI / (4.0 * edge), Math.asin(BELT));
    return middle.separationRad(new SkyPoint(0, Math.asin(1 - toPole * toPole / 3)));
  }

  /** Puts a zero between the bits of a number below 2^29. */
  private static long spread(int value) {
    long bits = value;
    bits = (bits | (bits << 16)) & 0x0000_FFFF_0000_FFFFL;
    bits = (bits | (bits << 8)) & 0x00FF_00FF_00FF_00FFL;
    bits = (bits | (bits << 4)) & 0x0F0F_0F0F_0F0F_0F0FL;
    bits = (bits | (bits << 2)) & 0x3333_3333_3333_3333L;
    return (bits | (bits << 1)) & 0x5555_5555_5555_5555L;
  }

  /** Every second bit of a number, from the lowest: undoes {@link #spread}. */
  private static int gather(long value) {
    long bits = value & 0x5555_5555_5555_5555L;
    bits = (bits | (bits >> 1)) & 0x3333_3333_3333_3333L;
    bits = (bits | (bits >> 2)) & 0x0F0F_0F0F_0F0F_0F0FL;
    bits = (bits | (bits >> 4)) & 0x00FF_00FF_00FF_00FFL;
    bits = (bits | (bits >> 8)) & 0x0000_FFFF_0000_FFFFL;
    return (int) (bits | (bits >> 16));
  }

  private static void requireOrder(int order) {
    if (order < 0 || order > ORDER_MAX) {
      throw new IllegalArgumentException("order: " + order + " (expected: 0.." + ORDER_MAX + ")");
    }
  }

  private static void requirePixel(int order, long pixel) {
    long count = pixelCount(order);
    if (pixel < 0 || pixel >= count) {
      throw new IllegalArgumentException(
          "pixel: " + pixel + " (expected: 0.." + (count - 1) + " at order " + order + ")");
    }
  }
}
