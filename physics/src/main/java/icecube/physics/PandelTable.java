// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * ln p and ln S of a {@link SmearedPandel} on a grid, where S(t) = ∫_t^∞ p is the share of photons
 * that come later, with their derivatives: what a likelihood looks up tens of thousands of times an
 * event.
 *
 * <p>The grid is even in asinh(t / 2σ) and in ln ξ; between its points both functions are cubic
 * (Catmull and Rom), so value and derivatives are continuous, as a minimiser by gradient needs it.
 * Beyond the grid the values at its edge hold; a noise floor hides them. Takes some 20 ms to make.
 * Immutable and thread-safe.
 */
final class PandelTable {
  /** What {@link #look} finds: ln p, ln S, and their derivatives by t (1/ns) and by ξ. */
  static final class Found {
    double logDensity;
    double logDensityPerNs;
    double logDensityPerShape;
    double logLater;
    double logLaterPerNs;
    double logLaterPerShape;

    private void clear() {
      logDensity = 0;
      logDensityPerNs = 0;
      logDensityPerShape = 0;
      logLater = 0;
      logLaterPerNs = 0;
      logLaterPerShape = 0;
    }
  }

  private static final int TIME_COUNT = 168;
  private static final int SHAPE_COUNT = 56;
  private static final double FIRST_SIGMAS = -7;
  private static final double LAST_NS = 12_000;
  private static final double SHAPE_MIN = 0.02;
  private static final double SHAPE_MAX = 60;

  private final double unitNs;
  private final double timeFirst;
  private final double timeStep;
  private final double shapeFirst;
  private final double shapeStep;
  // Two values a point: ln p, ln S.
  private final double[] values = new double[2 * TIME_COUNT * SHAPE_COUNT];

  /** The table of {@code law}. */
  PandelTable(SmearedPandel law) {
    unitNs = 2 * law.sigmaNs();
    timeFirst = asinh(FIRST_SIGMAS * law.sigmaNs() / unitNs);
    timeStep = (asinh(LAST_NS / unitNs) - timeFirst) / (TIME_COUNT - 1);
    shapeFirst = Math.log(SHAPE_MIN);
    shapeStep = (Math.log(SHAPE_MAX) - shapeFirst) / (SHAPE_COUNT - 1);
    // Half columns, too, for Simpson's rule; t = unit · sinh s, dt = unit · cosh s ds.
    double[] timeNs = new double[2 * TIME_COUNT - 1];
    double[] stretchNs = new double[timeNs.length];
    for (int half = 0; half < timeNs.length; half++) {
      timeNs[half] = unitNs * Math.sinh(timeFirst + half * timeStep / 2);
      stretchNs[half] = unitNs * Math.cosh(timeFirst + half * timeStep / 2);
    }
    for (int row = 0; row < SHAPE_COUNT; row++) {
      fill(law, row, timeNs, stretchNs);
    }
  }

  private void fill(SmearedPandel law, int row, double[] timeNs, double[] stretchNs) {
    double shape = Math.exp(shapeFirst + row * shapeStep);
    int last = timeNs.length - 1;
    double logDensity = law.logDensity(timeNs[last], shape);
    double density = Math.exp(logDensity);
    // Beyond the grid the density falls like e^(−(ρ − (ξ−1)/t) t).
    double fallPerNs = PandelLaw.RATE_PER_NS - (shape - 1) / timeNs[last];
    double later = density / Math.max(fallPerNs, PandelLaw.RATE_PER_NS / 10);
    put(row, TIME_COUNT - 1, logDensity, later);
    for (int half = last - 2; half >= 0; half -= 2) {
      double above = density * stretchNs[half + 2];
      double middle = Math.exp(law.logDensity(timeNs[half + 1], shape)) * stretchNs[half + 1];
      logDensity = law.logDensity(timeNs[half], shape);
      density = Math.exp(logDensity);
      later += timeStep / 6 * (density * stretchNs[half] + 4 * middle + above);
      put(row, half / 2, logDensity, later);
    }
  }

  private void put(int row, int column, double logDensity, double later) {
    int at = 2 * (row * TIME_COUNT + column);
    values[at] = logDensity;
    values[at + 1] = Math.log(Math.min(1, later));
  }

  private static double asinh(double x) {
    double size = Math.abs(x);
    return Math.copySign(Math.log(size + Math.sqrt(size * size + 1)), x);
  }

  /** Looks up t (ns) and ξ, both held to the grid. */
  void look(double timeNs, double shape, Found found) {
    double scaled = timeNs / unitNs;
    double column = (asinh(scaled) - timeFirst) / timeStep;
    double row = (Math.log(shape) - shapeFirst) / shapeStep;
    double columnHeld = Math.max(1, Math.min(TIME_COUNT - 2.000001, column));
    double rowHeld = Math.max(1, Math.min(SHAPE_COUNT - 2.000001, row));
    interpolate(columnHeld, rowHeld, found);
    // The chain rule, from columns and rows to ns and ξ; what was held does not change.
    double stretch = unitNs * Math.sqrt(scaled * scaled + 1);
    double perNs = column == columnHeld ? 1 / (timeStep * stretch) : 0;
    double perShape = row == rowHeld ? 1 / (shapeStep * shape) : 0;
    found.logDensityPerNs *= perNs;
    found.logLaterPerNs *= perNs;
    found.logDensityPerShape *= perShape;
    found.logLaterPerShape *= perShape;
  }

  /** Both functions at a place of the grid, with their derivatives by column and row. */
  private void interpolate(double column, double row, Found found) {
    int first = 2 * (((int) row - 1) * TIME_COUNT + (int) column - 1);
    double u = column - (int) column;
    double v = row - (int) row;
    found.clear();
    for (int j = 0; j < 4; j++) {
      double density = 0;
      double densitySlope = 0;
      double later = 0;
      double laterSlope = 0;
      int at = first + 2 * j * TIME_COUNT;
      for (int i = 0; i < 4; i++) {
        double weight = weight(i, u);
        double slope = slope(i, u);
        density += weight * values[at + 2 * i];
        densitySlope += slope * values[at + 2 * i];
        later += weight * values[at + 2 * i + 1];
        laterSlope += slope * values[at + 2 * i + 1];
      }
      double weight = weight(j, v);
      double slope = slope(j, v);
      found.logDensity += weight * density;
      found.logDensityPerNs += weight * densitySlope;
      found.logDensityPerShape += slope * density;
      found.logLater += weight * later;
      found.logLaterPerNs += weight * laterSlope;
      found.logLaterPerShape += slope * later;
    }
  }

  /** Weight of point {@code index} of four in Catmull and Rom's cubic, {@code u} in [0, 1). */
  private static double weight(int index, double u) {
    return switch (index) {
      case 0 -> u * (-0.5 + u * (1 - 0.5 * u));
      case 1 -> 1 + u * u * (-2.5 + 1.5 * u);
      case 2 -> u * (0.5 + u * (2 - 1.5 * u));
      default -> u * u * (-0.5 + 0.5 * u);
    };
  }

  private static double slope(int index, double u) {
    return switch (index) {
      case 0 -> -0.5 + u * (2 - 1.5 * u);
      case 1 -> u * (-5 + 4.5 * u);
      case 2 -> 0.5 + u * (4 - 4.5 * u);
      default -> u * (-1 + 1.5 * u);
    };
  }
}
