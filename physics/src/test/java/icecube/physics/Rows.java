// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Rows for a fit, written down in metres, ns and p.e.; one event. */
final class Rows {
  private final List<float[]> rows = new ArrayList<>();

  /** Adds a coincident row. */
  Rows add(double xMeters, double yMeters, double zMeters, double timeNs, double chargePe) {
    return add(xMeters, yMeters, zMeters, timeNs, chargePe, false);
  }

  Rows add(
      double xMeters, double yMeters, double zMeters, double timeNs, double chargePe, boolean aux) {
    rows.add(
        new float[] {
          (float) (xMeters / 500),
          (float) (yMeters / 500),
          (float) (zMeters / 500),
          (float) (timeNs / 30_000),
          (float) (Math.log10(chargePe) / 3),
          aux ? 1 : 0
        });
    return this;
  }

  FeatureTable table() {
    float[] all = new float[rows.size() * FeatureTable.COLUMN_COUNT];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(
          rows.get(row), 0, all, row * FeatureTable.COLUMN_COUNT, FeatureTable.COLUMN_COUNT);
    }
    int[] count = {rows.size()};
    return FeatureTable.owning(new long[] {1}, count, count.clone(), new int[] {0}, all);
  }

  /** Forty rows around a random line, with scattered light and a few far away. */
  static FeatureTable scattered(long seed) {
    var random = new SplittableRandom(seed);
    var truth = Seeds.direction(random);
    var rows = new Rows();
    for (int row = 0; row < 40; row++) {
      double along = random.nextDouble(-400, 400);
      double spread = row % 8 == 0 ? 300 : 50;
      rows.add(
          -truth.x() * along + spread * random.nextGaussian(),
          -truth.y() * along + spread * random.nextGaussian(),
          -truth.z() * along + spread * random.nextGaussian(),
          2_000 + along / 0.2998 + 200 * random.nextExponential(),
          1);
    }
    return rows.table();
  }
}
