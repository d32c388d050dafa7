// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;
import java.util.Optional;

/**
 * The rows of one event that a {@link LineFit} uses: place in metres, time in ns, and a weight that
 * is 0 for rows left out later on.
 *
 * <p>Confined to one call of {@link LineFit#fit}.
 */
final class LineFitRows {
  private static final int X = 0;
  private static final int Y = 1;
  private static final int Z = 2;
  private static final int TIME = 3;
  private static final int CHARGE = 4;
  private static final int AUXILIARY = 5;

  private final double[] xMeters;
  private final double[] yMeters;
  private final double[] zMeters;
  private final double[] timeNs;

  /** log₁₀ of the charge in p.e. */
  private final double[] chargeDecades;

  private final double[] weight;
  private final boolean sortedByTime;

  private LineFitRows(FeatureTable table, int event, boolean coincidentOnly) {
    int count = coincidentOnly ? coincidentCount(table, event) : table.rowCount(event);
    this.xMeters = new double[count];
    this.yMeters = new double[count];
    this.zMeters = new double[count];
    this.timeNs = new double[count];
    this.chargeDecades = new double[count];
    this.weight = new double[count];
    Arrays.fill(weight, 1);
    int row = 0;
    for (int index = 0; index < table.rowCount(event); index++) {
      int tableRow = table.firstRow(event) + index;
      if (!coincidentOnly || isCoincident(table, tableRow)) {
        scaleBack(table, tableRow, row);
        row++;
      }
    }
    this.sortedByTime = isSorted(timeNs);
  }

  /** The coincident rows if they fix a line, else all rows; empty if even these fix none. */
  static Optional<LineFitRows> of(FeatureTable table, int event) {
    var coincident = new LineFitRows(table, event, true);
    if (coincident.fixALine(coincident.weight)) {
      return Optional.of(coincident);
    }
    var all = new LineFitRows(table, event, false);
    return all.fixALine(all.weight) ? Optional.of(all) : Optional.empty();
  }

  private static int coincidentCount(FeatureTable table, int event) {
    int count = 0;
    for (int index = 0; index < table.rowCount(event); index++) {
      count += isCoincident(table, table.firstRow(event) + index) ? 1 : 0;
    }
    return count;
  }

  private static boolean isCoincident(FeatureTable table, int tableRow) {
    return !(table.value(tableRow, AUXILIARY) > 0.5f);
  }

  private void scaleBack(FeatureTable table, int tableRow, int row) {
    double scaleMeters = FeatureTable.POSITION_SCALE_METERS;
    double scaleNs = FeatureTable.TIME_SCALE_NS;
    double scaleDecades = FeatureTable.CHARGE_SCALE_DECADES;
    xMeters[row] = scaleMeters * table.value(tableRow, X);
    yMeters[row] = scaleMeters * table.value(tableRow, Y);
    zMeters[row] = scaleMeters * table.value(tableRow, Z);
    timeNs[row] = scaleNs * table.value(tableRow, TIME);
    chargeDecades[row] = scaleDecades * table.value(tableRow, CHARGE);
  }

  private static boolean isSorted(double[] values) {
    for (int row = 1; row < values.length; row++) {
      if (!(values[row] >= values[row - 1])) {
        return false;
      }
    }
    return true;
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

  /** The weights themselves, at first 1 each; not to be written to. */
  double[] weights() {
    return weight;
  }

  /** Takes the weight of rows whose light was on its way too long, if the others fix a line. */
  void dropLate(double radiusMeters, double delayNs) {
    double[] kept = weight.clone();
    for (int row = 0; row < count(); row++) {
      if (isLate(row, radiusMeters * radiusMeters, delayNs)) {
        kept[row] = 0;
      }
    }
    if (fixALine(kept)) {
      System.arraycopy(kept, 0, weight, 0, kept.length);
    }
  }

  private boolean isLate(int row, double radiusSquared, double delayNs) {
    for (int other = 0; other < count(); other++) {
      if (timeNs[row] - timeNs[other] > delayNs) {
        double dx = xMeters[row] - xMeters[other];
        double dy = yMeters[row] - yMeters[other];
        double dz = zMeters[row] - zMeters[other];
        if (dx * dx + dy * dy + dz * dz <= radiusSquared) {
          return true;
        }
      } else if (sortedByTime) {
        return false;
      }
    }
    return false;
  }

  /** Multiplies each weight with 1 + the decades of the row's charge above 1 p.e. */
  void weighByCharge() {
    for (int row = 0; row < count(); row++) {
      weight[row] *= 1 + Math.max(0, chargeDecades[row]);
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
