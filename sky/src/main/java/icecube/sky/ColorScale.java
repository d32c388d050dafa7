// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.awt.Color;

/**
 * Colours for densities from 0 to a largest: one hue from near white to deep blue, so that it reads
 * the same in grey and for the colour-blind. The scale goes with the square root, or the tails of a
 * sharp peak would be white.
 *
 * @param largest the density that is darkest
 */
record ColorScale(double largest) {
  private static final int[] LIGHT = {247, 250, 254};
  private static final int[] MIDDLE = {107, 164, 214};
  private static final int[] DARK = {8, 40, 96};

  /** The colour of a density, as packed RGB. */
  int rgb(double density) {
    double share = largest > 0 ? Math.sqrt(Math.max(0, Math.min(1, density / largest))) : 0;
    return share < 0.5 ? blend(LIGHT, MIDDLE, share * 2) : blend(MIDDLE, DARK, share * 2 - 1);
  }

  /** The density whose colour stands at a share of the way from light to dark. */
  double densityAt(double share) {
    return largest * share * share;
  }

  private static int blend(int[] from, int[] to, double share) {
    int[] mixed = new int[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = (int) Math.round(from[i] + (to[i] - from[i]) * share);
    }
    return new Color(mixed[0], mixed[1], mixed[2]).getRGB();
  }
}
