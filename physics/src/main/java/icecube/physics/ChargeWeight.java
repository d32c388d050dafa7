// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/** How much a pulse of some charge counts in {@link LineFit#improved()}: its square root. */
final class ChargeWeight {
  private ChargeWeight() {}

  /** Weight of a pulse of {@code chargePe} photo-electrons, above 0. */
  static double of(double chargePe) {
    return Math.sqrt(chargePe);
  }
}
