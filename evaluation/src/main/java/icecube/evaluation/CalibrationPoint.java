// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Events of like precision, and what became of them: if the radii are honest, predicted and
 * observed agree.
 *
 * @param count events
 * @param predictedRad median of their 50 % radii, rad: told by the model, else from κ
 * @param observedRad median of their errors, rad
 * @param observedLowRad lower end of the median's error: the error of rank n/2 − √n/2
 * @param observedHighRad upper end: the error of rank n/2 + √n/2
 */
public record CalibrationPoint(
    long count,
    double predictedRad,
    double observedRad,
    double observedLowRad,
    double observedHighRad) {
  /** Groups of equal size that events are put in by their predicted radius. */
  static final int GROUP_COUNT = 10;

  /** Points by rising radius; none with fewer events than groups. NaN stands for no radius. */
  static List<CalibrationPoint> of(FloatColumn radiusRad, FloatColumn errorRad) {
    long[] pairs = new long[radiusRad.count()];
    int count = 0;
    for (int i = 0; i < pairs.length; i++) {
      if (!Float.isNaN(radiusRad.at(i))) {
        // Floats that are not negative stand in the order of their bits.
        pairs[count++] =
            (long) Float.floatToIntBits(radiusRad.at(i)) << 32
                | Float.floatToIntBits(errorRad.at(i));
      }
    }
    Arrays.sort(pairs, 0, count);
    List<CalibrationPoint> points = new ArrayList<>();
    for (int group = 0; group < GROUP_COUNT && count >= GROUP_COUNT; group++) {
      int from = (int) ((long) count * group / GROUP_COUNT);
      int to = (int) ((long) count * (group + 1) / GROUP_COUNT);
      points.add(of(pairs, from, to));
    }
    return points;
  }

  private static CalibrationPoint of(long[] pairs, int from, int to) {
    float[] radii = new float[to - from];
    float[] errors = new float[to - from];
    for (int i = from; i < to; i++) {
      radii[i - from] = Float.intBitsToFloat((int) (pairs[i] >>> 32));
      errors[i - from] = Float.intBitsToFloat((int) pairs[i]);
    }
    Arrays.sort(errors);
    int count = errors.length;
    double halfWidth = Math.sqrt(count) / 2;
    int low = (int) Math.max(0, Math.floor(count / 2.0 - halfWidth));
    int high = (int) Math.min(count - 1.0, Math.ceil(count / 2.0 + halfWidth));
    return new CalibrationPoint(
        count,
        Quantiles.of(radii, 0, count, 0.5),
        Quantiles.of(errors, 0, count, 0.5),
        errors[low],
        errors[high]);
  }
}
