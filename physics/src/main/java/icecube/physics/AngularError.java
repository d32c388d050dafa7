// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

/**
 * The great-circle angle between a direction and the truth, in [0, π] rad, in two forms that are
 * one number on paper.
 *
 * <p>{@link #betweenRad} is exact to the last digits at every angle and is what to compute with.
 * {@link #kaggleRad} is what the competition computed, digit for digit up to rounding; near 0 and π
 * it is good to about 1e-8 rad only, because a cosine is flat there. A score is the mean over
 * events; that of any constant or random answer is π/2 = 1.5708.
 */
public final class AngularError {
  private AngularError() {}

  /**
   * Angle between two directions, rad: atan2(|a × b|, a · b).
   *
   * <p>Well-conditioned at every angle, which arccos is not (W. Kahan, "How Futile are Mindless
   * Assessments of Roundoff in Floating-Point Computation?", §12, Mangled Angles).
   */
  public static double betweenRad(Direction a, Direction b) {
    double crossX = a.y() * b.z() - a.z() * b.y();
    double crossY = a.z() * b.x() - a.x() * b.z();
    double crossZ = a.x() * b.y() - a.y() * b.x();
    double sine = Math.sqrt(crossX * crossX + crossY * crossY + crossZ * crossZ);
    return Math.atan2(sine, a.dot(b));
  }

  /**
   * Angle between two pairs of angles, rad, as the competition's metric computed it: arccos of sin
   * z₁ · sin z₂ · (cos a₁ · cos a₂ + sin a₁ · sin a₂) + cos z₁ · cos z₂, clipped to [−1, 1].
   *
   * <p>Angles may be any finite number. Source: Kaggle, "IceCube – Neutrinos in Deep Ice", metric
   * "Mean Angular Error".
   *
   * @throws IllegalArgumentException if an angle is not finite, as the competition refused a
   *     submission with one
   */
  public static double kaggleRad(
      double azimuth1Rad, double zenith1Rad, double azimuth2Rad, double zenith2Rad) {
    requireFinite(azimuth1Rad, "azimuth1");
    requireFinite(zenith1Rad, "zenith1");
    requireFinite(azimuth2Rad, "azimuth2");
    requireFinite(zenith2Rad, "zenith2");
    double azimuthPart =
        Math.cos(azimuth1Rad) * Math.cos(azimuth2Rad)
            + Math.sin(azimuth1Rad) * Math.sin(azimuth2Rad);
    double cosine =
        Math.sin(zenith1Rad) * Math.sin(zenith2Rad) * azimuthPart
            + Math.cos(zenith1Rad) * Math.cos(zenith2Rad);
    return Math.acos(Math.max(-1, Math.min(1, cosine)));
  }

  /** {@link #kaggleRad(double, double, double, double)} of two directions. */
  public static double kaggleRad(Direction a, Direction b) {
    requireNonNull(a, "a");
    requireNonNull(b, "b");
    return kaggleRad(a.azimuthRad(), a.zenithRad(), b.azimuthRad(), b.zenithRad());
  }

  private static void requireFinite(double angleRad, String name) {
    if (!Double.isFinite(angleRad)) {
      throw new IllegalArgumentException(name + ": " + angleRad + " rad (expected: finite)");
    }
  }
}
