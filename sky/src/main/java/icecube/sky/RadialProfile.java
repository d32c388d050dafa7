// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

/**
 * How probability falls off around a best direction: a density per steradian that depends on the
 * angle alone, with a total of 1 on the sphere.
 *
 * <p>With w = 1 − cos(angle), a von Mises–Fisher distribution has log density = constant − κw: a
 * straight line. A profile is such a line, or three joined ones with corners at the radii that hold
 * 50 % and 90 %, each with a κ of its own. In w every ring of the sphere has area 2π·Δw, so that
 * content, radius and normalisation are closed forms: a piece from w₀ of width Δ, slope s and
 * density f₀ per steradian holds 2π·f₀·(e^(sΔ) − 1)/s. RATIONALE.md has the reasons and what else
 * was considered. Immutable and thread-safe.
 */
public final class RadialProfile {
  /**
   * How many times denser a ring may be, on average, than the one within: beyond it the radii are
   * no measurement of a fall-off but a ceiling that was met (r90 = π leaves nothing outside), or
   * both the same.
   */
  static final double STEP_MAX = 10;

  private static final double TURN_RAD = 2 * Math.PI;

  /** 1 − cos(angle) where the lines begin and end: 0, …, 2. */
  private final double[] knots;

  /** Logarithm of the density at the knots, per steradian. */
  private final double[] logDensities;

  /** Probability within the knots: 0, …, 1. */
  private final double[] contents;

  private RadialProfile(double[] knots, double[] logDensities, double[] contents) {
    this.knots = knots;
    this.logDensities = logDensities;
    this.contents = contents;
  }

  /**
   * The von Mises–Fisher distribution.
   *
   * @param kappa concentration, finite and at least 0
   */
  public static RadialProfile ofKappa(double kappa) {
    if (!(kappa >= 0) || Double.isInfinite(kappa)) {
      throw new IllegalArgumentException("kappa: " + kappa + " (expected: finite and >= 0)");
    }
    double log = -Math.log(TURN_RAD * LogLine.content(-kappa, 2));
    return new RadialProfile(
        new double[] {0, 2}, new double[] {log, log - 2 * kappa}, new double[] {0, 1});
  }

  /**
   * The von Mises–Fisher distribution that holds 50 % within {@code radius50Rad}; the even sky if
   * that holds half of it already.
   */
  public static RadialProfile ofRadius50(double radius50Rad) {
    requireRadius("radius50", radius50Rad);
    // 1 − e^(−κw) = (1 − e^(−2κ))/2, which is ln 2 / w for a narrow one and less for all others.
    double versine = versine(radius50Rad);
    double low = 0;
    double high = Math.log(2) / versine;
    while (high - low > 1e-15 * high) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (LogLine.content(-middle, versine) < 0.5 * LogLine.content(-middle, 2)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return ofKappa(versine >= 1 ? 0 : high);
  }

  /** Whether a density without wild steps holds 50 % and 90 % within these radii. */
  public static boolean canHold(double radius50Rad, double radius90Rad) {
    if (!(radius50Rad > 0 && radius50Rad < radius90Rad && radius90Rad < Math.PI)) {
      return false;
    }
    double inner = versine(radius50Rad);
    double outer = versine(radius90Rad);
    double core = 0.5 / inner;
    double ring = 0.4 / (outer - inner);
    double rest = 0.1 / (2 - outer);
    return ring <= STEP_MAX * core && rest <= STEP_MAX * ring;
  }

  /**
   * The profile that holds exactly 50 % within the one and 90 % within the other radius, with the
   * least change of slope at them; the von Mises–Fisher distribution if the radii are those of one.
   *
   * @throws IllegalArgumentException unless {@link #canHold}
   */
  public static RadialProfile ofRadii(double radius50Rad, double radius90Rad) {
    if (!canHold(radius50Rad, radius90Rad)) {
      throw new IllegalArgumentException(
          "radius50: "
              + radius50Rad
              + ", radius90: "
              + radius90Rad
              + " rad (expected: 0 < radius50 < radius90 < pi, with room for 40 % between them and"
              + " 10 % beyond)");
    }
    double[] knots = {0, versine(radius50Rad), versine(radius90Rad), 2};
    double[] contents = {0, 0.5, 0.9, 1};
    return new RadialProfile(knots, LogLine.smoothest(knots, contents), contents);
  }

  private static void requireRadius(String name, double radiusRad) {
    if (!(radiusRad > 0 && radiusRad <= Math.PI)) {
      throw new IllegalArgumentException(
          name + ": " + radiusRad + " rad (expected: above 0, at most pi)");
    }
  }

  /** 1 − cos(angle), without cancellation. */
  private static double versine(double angleRad) {
    double halfSine = Math.sin(angleRad / 2);
    return 2 * halfSine * halfSine;
  }

  /** Density at an angle from the best direction, per steradian. */
  public double densityAt(double angleRad) {
    double versine = versine(requireAngle(angleRad));
    int piece = pieceAt(versine);
    return Math.exp(logDensities[piece] + slope(piece) * (versine - knots[piece]));
  }

  /** The probability within an angle, in [0, 1]. */
  public double probabilityWithin(double angleRad) {
    double versine = versine(requireAngle(angleRad));
    int piece = pieceAt(versine);
    double inPiece =
        TURN_RAD
            * Math.exp(logDensities[piece])
            * LogLine.content(slope(piece), versine - knots[piece]);
    return Math.min(contents[piece + 1], contents[piece] + inPiece);
  }

  /** The radius that holds a probability in [0, 1], rad: undoes {@link #probabilityWithin}. */
  public double radiusRad(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + " (expected: 0..1)");
    }
    int piece = 0;
    while (probability > contents[piece + 1]) {
      piece++;
    }
    double reduced = (probability - contents[piece]) / TURN_RAD * Math.exp(-logDensities[piece]);
    double slope = slope(piece);
    double within = slope == 0 ? reduced : Math.log1p(slope * reduced) / slope;
    // Rounding may ask for a little more than the piece holds: the logarithm is then none.
    double width = knots[piece + 1] - knots[piece];
    double versine = knots[piece] + (within >= 0 && within <= width ? within : width);
    return 2 * Math.asin(Math.sqrt(versine / 2));
  }

  /** Largest minus smallest density between two angles, per steradian. */
  double spread(double fromRad, double toRad) {
    double one = densityAt(Math.max(0, fromRad));
    double other = densityAt(Math.min(Math.PI, toRad));
    double smallest = Math.min(one, other);
    double largest = Math.max(one, other);
    double from = versine(Math.max(0, fromRad));
    double to = versine(Math.min(Math.PI, toRad));
    for (int i = 1; i < knots.length - 1; i++) {
      if (knots[i] > from && knots[i] < to) {
        double density = Math.exp(logDensities[i]);
        smallest = Math.min(smallest, density);
        largest = Math.max(largest, density);
      }
    }
    return largest - smallest;
  }

  private static double requireAngle(double angleRad) {
    if (!(angleRad >= 0 && angleRad <= Math.PI)) {
      throw new IllegalArgumentException("angle: " + angleRad + " rad (expected: 0..pi)");
    }
    return angleRad;
  }

  private int pieceAt(double versine) {
    int piece = 0;
    while (piece < knots.length - 2 && versine >= knots[piece + 1]) {
      piece++;
    }
    return piece;
  }

  private double slope(int piece) {
    return (logDensities[piece + 1] - logDensities[piece]) / (knots[piece + 1] - knots[piece]);
  }
}
