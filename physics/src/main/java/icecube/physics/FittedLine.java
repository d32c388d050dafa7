// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Optional;

/**
 * A line r(t) = r̄ + v·(t − t̄) through weighted rows.
 *
 * @param meanTimeNs t̄, ns
 * @param meanXMeters x of r̄, metres
 * @param meanYMeters y of r̄, metres
 * @param meanZMeters z of r̄, metres
 * @param xSpeed x of v, m/ns
 * @param ySpeed y of v, m/ns
 * @param zSpeed z of v, m/ns
 */
record FittedLine(
    double meanTimeNs,
    double meanXMeters,
    double meanYMeters,
    double meanZMeters,
    double xSpeed,
    double ySpeed,
    double zSpeed) {

  /** The line of least weighted squares, v = Σw(t − t̄)(r − r̄) / Σw(t − t̄)². */
  static FittedLine through(LineFitRows rows, double[] weight) {
    double sum = 0;
    double meanT = 0;
    double meanX = 0;
    double meanY = 0;
    double meanZ = 0;
    for (int row = 0; row < weight.length; row++) {
      sum += weight[row];
      meanT += weight[row] * rows.timeNs(row);
      meanX += weight[row] * rows.xMeters(row);
      meanY += weight[row] * rows.yMeters(row);
      meanZ += weight[row] * rows.zMeters(row);
    }
    meanT /= sum;
    meanX /= sum;
    meanY /= sum;
    meanZ /= sum;
    double tt = 0;
    double tx = 0;
    double ty = 0;
    double tz = 0;
    for (int row = 0; row < weight.length; row++) {
      double t = rows.timeNs(row) - meanT;
      double wt = weight[row] * t;
      tt += wt * t;
      tx += wt * (rows.xMeters(row) - meanX);
      ty += wt * (rows.yMeters(row) - meanY);
      tz += wt * (rows.zMeters(row) - meanZ);
    }
    return new FittedLine(meanT, meanX, meanY, meanZ, tx / tt, ty / tt, tz / tt);
  }

  /** Writes to {@code target} each row's weight, times the weight of Huber's loss. */
  void weighByDistance(LineFitRows rows, double huberMeters, double[] target) {
    double[] weight = rows.weights();
    for (int row = 0; row < weight.length; row++) {
      target[row] = weight[row] * huberMeters / Math.max(huberMeters, distanceMeters(rows, row));
    }
  }

  /** Writes to {@code target} each row's weight, or 0 if the row lies farther than allowed. */
  void trim(LineFitRows rows, double metersMax, double[] target) {
    double[] weight = rows.weights();
    for (int row = 0; row < weight.length; row++) {
      target[row] = distanceMeters(rows, row) <= metersMax ? weight[row] : 0;
    }
  }

  private double distanceMeters(LineFitRows rows, int row) {
    double t = rows.timeNs(row) - meanTimeNs;
    double dx = rows.xMeters(row) - meanXMeters - xSpeed * t;
    double dy = rows.yMeters(row) - meanYMeters - ySpeed * t;
    double dz = rows.zMeters(row) - meanZMeters - zSpeed * t;
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /** Where what flew along the line came from; empty if it stood still or is not finite. */
  Optional<Direction> origin() {
    double speed = Math.sqrt(xSpeed * xSpeed + ySpeed * ySpeed + zSpeed * zSpeed);
    return speed > LineFit.SPEED_MIN && Double.isFinite(speed)
        ? Optional.of(Direction.along(-xSpeed, -ySpeed, -zSpeed))
        : Optional.empty();
  }
}
