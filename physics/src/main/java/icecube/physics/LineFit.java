// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Optional;

/**
 * The straight line r(t) = r₀ + v·t nearest to the pulses of an event, and the direction it came
 * from: the fastest reconstruction there is, the baseline every model must beat, and what answers
 * when a model is ill.
 *
 * <p>The line knows nothing of Cherenkov light or ice: it takes light as a plane that sweeps
 * through the detector with velocity v (V. J. Stenger, DUMAND report HDC-1-90; AMANDA,
 * astro-ph/0407044). {@link #plain()} is that; {@link #improved()} adds what IceCube made of it
 * (arXiv:1308.5501, NIM A 736, 143): light that was scattered on its way is left out, and outliers
 * pull linearly instead of quadratically. All steps work on masks and weights with a fixed number
 * of rounds, so that the same can be written as a graph without branches and give the same answer
 * to 1e-4 rad.
 *
 * <h2>The algorithm, step by step</h2>
 *
 * All arithmetic is in double, on the rows i of one event in a {@link FeatureTable} with values f.
 *
 * <ol>
 *   <li><b>Scale back.</b> r_i = 500·(f₀, f₁, f₂) m, t_i = 30000·f₃ ns; a row is auxiliary if f₅
 *       &gt; 0.5.
 *   <li><b>Which sets fix a line.</b> A set of rows does if it has at least {@value
 *       #FIT_ROW_COUNT_MIN} rows, max t − min t &ge; {@value #FIT_DURATION_MIN_NS} ns, and max c −
 *       min c &ge; {@value #FIT_EXTENT_MIN_METERS} m for at least one coordinate c of x, y, z.
 *   <li><b>Coincident rows.</b> C = all rows that are not auxiliary; if C does not fix a line, C =
 *       all rows.
 *   <li><b>Late light.</b> (Improved only.) D = the rows i of C for which no row j of C has |r_i −
 *       r_j|² &le; {@value #DELAY_RADIUS_METERS}² m² and t_i − t_j &gt; {@value #DELAY_NS} ns. If D
 *       does not fix a line, D = C. In the plain fit D = C.
 *   <li><b>Charge.</b> a_i = 0 outside D. Inside it, in the improved fit a_i = 1 + max(0, 3·f₄),
 *       which is 1 + log₁₀ of the charge, so a pulse up to 1 p.e. counts 1, one of 10 p.e. counts
 *       2, one of 1,000 p.e. counts 4; in the plain fit a_i = 1.
 *   <li><b>Start.</b> w_i = a_i, and with Σ over all rows: W = Σw, t̄ = Σwt/W, r̄ = Σwr/W, v = Σw(t
 *       − t̄)(r − r̄) / Σw(t − t̄)².
 *   <li><b>Outliers.</b> (Improved only.) {@value #HUBER_ROUND_COUNT} times: ρ_i = |r_i − r̄ −
 *       v(t_i − t̄)|, w_i = a_i·µ/max(µ, ρ_i) with µ = {@value #HUBER_METERS} m (the weight of
 *       Huber's loss), then t̄, r̄, v anew as in the start.
 *   <li><b>Trim.</b> (Improved only.) ρ_i once more, and w_i = a_i where ρ_i &le; {@value
 *       #TRIM_METERS} m, else 0. If the rows with w_i &gt; 0 fix a line, t̄, r̄, v anew as in the
 *       start; if not, v stays.
 *   <li><b>Answer.</b> −v/|v|. There is none if D does not fix a line (that is, if even all rows do
 *       not), or if |v| &le; {@value #SPEED_MIN} m/ns or not finite.
 * </ol>
 *
 * <p>Time O(rows²) at worst for late light, else O(rows); scratch memory of eight doubles a row,
 * freed with the call. Immutable and thread-safe.
 */
public final class LineFit {
  /** The fewest rows that fix a line. */
  public static final int FIT_ROW_COUNT_MIN = 3;

  /** The shortest time between the first and the last row that fixes a line, ns. */
  public static final double FIT_DURATION_MIN_NS = 0.5;

  /** The smallest extent of the rows along x, y or z that fixes a line, metres. */
  public static final double FIT_EXTENT_MIN_METERS = 0.5;

  /** How near an earlier row must be to make a row late, metres (arXiv:1308.5501). */
  public static final double DELAY_RADIUS_METERS = 156;

  /** How much later than a near row light counts as scattered, ns (arXiv:1308.5501). */
  public static final double DELAY_NS = 778;

  /** Distance from the line from which a row pulls linearly, metres (arXiv:1308.5501). */
  public static final double HUBER_METERS = 153;

  /** Rounds of re-weighting. */
  public static final int HUBER_ROUND_COUNT = 10;

  /**
   * Distance from the robust line up to which a row has a say in the last fit, metres (IceCube's
   * improved line fit).
   */
  public static final double TRIM_METERS = 116;

  /**
   * The smallest speed that has a direction, m/ns: far below light in ice (0.22), far above what
   * the rounding of features to float32 can feign.
   */
  public static final double SPEED_MIN = 1e-4;

  private static final LineFit PLAIN = new LineFit(false);
  private static final LineFit IMPROVED = new LineFit(true);

  private final boolean improved;

  private LineFit(boolean improved) {
    this.improved = improved;
  }

  /** Least squares over the coincident rows, every row alike. */
  public static LineFit plain() {
    return PLAIN;
  }

  /** Least squares without late light, weighted by charge, robust against outliers. */
  public static LineFit improved() {
    return IMPROVED;
  }

  /**
   * Where event {@code event} (0-based position in the table) came from; empty if its rows fix no
   * direction ({@link Quality#NO_DIRECTION}).
   */
  public Optional<Direction> fit(FeatureTable table, int event) {
    var rows = LineFitRows.of(table, event);
    return rows.map(improved ? LineFit::robustLine : LineFit::plainLine)
        .flatMap(FittedLine::origin);
  }

  private static FittedLine plainLine(LineFitRows rows) {
    return FittedLine.through(rows, rows.weights());
  }

  private static FittedLine robustLine(LineFitRows rows) {
    rows.dropLate(DELAY_RADIUS_METERS, DELAY_NS);
    rows.weighByCharge();
    double[] scratch = new double[rows.count()];
    var line = FittedLine.through(rows, rows.weights());
    for (int round = 0; round < HUBER_ROUND_COUNT; round++) {
      line.weighByDistance(rows, HUBER_METERS, scratch);
      line = FittedLine.through(rows, scratch);
    }
    line.trim(rows, TRIM_METERS, scratch);
    return rows.fixALine(scratch) ? FittedLine.through(rows, scratch) : line;
  }
}
