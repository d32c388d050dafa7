// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One number of the simulated events beside the published one.
 *
 * @param quantity what it is, with its unit
 * @param published the number of the competition's training batch 1
 * @param simulated ours
 * @param low the least it may be; null if it is only watched
 * @param high the most it may be; null if it is only watched
 */
public record CalibrationRow(
    String quantity,
    double published,
    double simulated,
    @Nullable Double low,
    @Nullable Double high) {
  public CalibrationRow {
    requireNonNull(quantity, "quantity");
    if ((low == null) != (high == null)) {
      throw new IllegalArgumentException(
          "limits: " + low + ".." + high + " (expected: both, or none)");
    }
  }

  /** A number that may differ by a share of the published one. */
  static CalibrationRow within(String quantity, double published, double simulated, double share) {
    return new CalibrationRow(
        quantity, published, simulated, published * (1 - share), published * (1 + share));
  }

  /** A number that is shown but has no limit. */
  static CalibrationRow watched(String quantity, double published, double simulated) {
    return new CalibrationRow(quantity, published, simulated, null, null);
  }

  /** Ours over the published one. */
  public double ratio() {
    return simulated / published;
  }

  /** Whether it keeps its limits; what is only watched always does. */
  public boolean holds() {
    return low == null || high == null || (simulated >= low && simulated <= high);
  }
}
