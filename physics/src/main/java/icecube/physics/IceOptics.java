// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * How fast light is in ice, and at which angle a particle at light speed shines: constants at 400
 * nm, from PPC's documentation.
 */
public final class IceOptics {
  /** Speed of light in vacuum, m/ns. */
  public static final double LIGHT_SPEED = 0.299792458;

  /** Phase index of ice. */
  public static final double PHASE_INDEX = 1.3194;

  /** Group index of ice. */
  public static final double GROUP_INDEX = 1.3561;

  /** Speed of photons in ice, m/ns. */
  public static final double ICE_SPEED = LIGHT_SPEED / GROUP_INDEX;

  /** cos θ_c = 1/n_p of a particle at light speed; θ_c = 40.7°. */
  public static final double COS_CHERENKOV = 1 / PHASE_INDEX;

  /** sin θ_c. */
  public static final double SIN_CHERENKOV = Math.sqrt(1 - COS_CHERENKOV * COS_CHERENKOV);

  private IceOptics() {}
}
