// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;

/**
 * The rows of one event as a {@link LineFit} sees them: place in metres, time in ns, and a weight
 * that is 0 for rows the fit leaves out.
 *
 * <p>Confined to one call of {@link LineFit#fit}.
 */
final class LineFitRows {
  private final FeatureTable table;
  private final int firstRow;
  private final double[] xMeters;
  private final double[] yMeters;
  private final double[] zMeters;
  private final double[] timeNs;
  private final double[] weight;

  private LineFitRows(FeatureTable table, int event) {
    int count = table.rowCount(event);
    this.table = table;
    this.firstRow = table.firstRow(event);
    this.xMeters = new double[count];
    this.yMeters = new double[count];
    this.zMeters = new double[count];
    this.timeNs = new double[count];
    this.weight = new double[count];
  }

  static LineFitRows of(FeatureTable table, int event) {
    var rows = new LineFitRows(table, event);
    for (int row = 0; row < rows.count(); row++) {
      int tableRow = rows.firstRow + row;
      double scaleMeters = FeatureTable.POSITION_SCALE_METERS;
      rows.xMeters[row] = scaleMeters * table.value(tableRow, 0);
      rows.yMeters[row] = scaleMeters * table.value(tableRow, 1);
      rows.zMeters[row] = scaleMeters * table.value(tableRow, 2);
      rows.timeNs[row] = (double) FeatureTable.TIME_SCALE_NS * table.value(tableRow, 3);
    }
    return rows;
  }

  int count() {
    return timeNs.length;
  }

  double xMeters(int row) {
    return xMeters[row];
  }

  double yMeters(int row) {
    return yMeters[row];
  }

  double zMeters(int row) {
    return zMeters[row];
  }

  double timeNs(int row) {
    return timeNs[row];
  }

  /** The weights themselves, 0 for rows the fit leaves out; not to be written to. */
  double[] weights() {
    return weight;
  }

  /**
   * Gives weight 1 to the coincident rows if they fix a line, else to all; false if even all rows
   * fix none.
   */
  boolean useCoincident() {
    for (int row = 0; row < count(); row++) {
      weight[row] = table.value(firstRow + row, 5) > 0.5f ? 0 : 1;
    }
    if (fixALine(weight)) {
      return true;
    }
    Arrays.fill(weight, 1);
    return fixALine(weight);
  }

  /** Takes the weight of rows whose light was on its way too long, if the others fix a line. */
  void dropLate(double radiusMeters, double delayNs) {
    double[] kept = weight.clone();
    for (int row = 0; row < count(); row++) {
      if (weight[row] > 0 && isLate(row, radiusMeters * radiusMeters, delayNs)) {
        kept[row] = 0;
      }
    }
    if (fixALine(kept)) {
      System.arraycopy(kept, 0, weight, 0, kept.length);
    }
  }

  private boolean isLate(int row, double radiusSquared, double delayNs) {
    for (int other = 0; other < count(); other++) {
      if (weight[other] > 0 && timeNs[row] - timeNs[other] > delayNs) {
        double dx = xMeters[row] - xMeters[other];
        double dy = yMeters[row] - yMeters[other];
        double dz = zMeters[row] - zMeters[other];
        if (dx * dx + dy * dy + dz * dz <= radiusSquared) {
          return true;
        }
      }
    }
    return false;
  }

  /** Multiplies each weight with 1 + the decades of the row's charge above 1 p.e. */
  void weighByCharge() {
    for (int row = 0; row < count(); row++) {
      double decades = (double) FeatureTable.CHARGE_SCALE_DECADES * table.value(firstRow + row, 4);
      weight[row] *= 1 + Math.max(0, decades);
    }
  }

  /** Whether the rows of a weight above 0 fix a line. */
  boolean fixALine(double[] used) {
    int usedCount = 0;
    for (double weightOfRow : used) {
      usedCount += weightOfRow > 0 ? 1 : 0;
    }
    return usedCount >= LineFit.FIT_ROW_COUNT_MIN
        && extent(timeNs, used) >= LineFit.FIT_DURATION_MIN_NS
        && Math.max(Math.max(extent(xMeters, used), extent(yMeters, used)), extent(zMeters, used))
            >= LineFit.FIT_EXTENT_MIN_METERS;
  }

  private static double extent(double[] values, double[] used) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < values.length; row++) {
      if (used[row] > 0) {
        min = Math.min(min, values[row]);
        max = Math.max(max, values[row]);
      }
    }
    return max - min;
  }
}
