// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * A track through the detector, with a frame to move it in: a point on it, the time there, the
 * direction of flight p and two unit vectors across, so that (e₁, e₂, p) is orthonormal.
 *
 * <p>A step is five lengths in metres: across along e₁ and e₂, the time as c·dt, and the two tilts
 * towards e₁ and e₂ as the way that a point {@value #ARM_METERS} m along the track moves. So all
 * five are alike in size, and no pole is special. A step turns the frame with the track, so what a
 * minimiser has learnt of curvature stays true. Immutable and thread-safe.
 */
final class TrackFrame {
  /** Numbers of a step. */
  static final int SIZE = 5;

  /** Metres of arm by which angles count as lengths. */
  static final double ARM_METERS = 100;

  private final double xMeters;
  private final double yMeters;
  private final double zMeters;
  private final double timeNs;
  // e₁, e₂, p, one after the other.
  private final double[] axes;

  private TrackFrame(double xMeters, double yMeters, double zMeters, double timeNs, double[] axes) {
    this.xMeters = xMeters;
    this.yMeters = yMeters;
    this.zMeters = zMeters;
    this.timeNs = timeNs;
    this.axes = axes;
  }

  /** A frame at a point for a particle that flies along a unit vector. */
  static TrackFrame of(
      double xMeters,
      double yMeters,
      double zMeters,
      double timeNs,
      double px,
      double py,
      double pz) {
    // Duff et al., JCGT 6 (2017) 1: no singularity but the sign of −0.
    double sign = Math.copySign(1, pz);
    double a = -1 / (sign + pz);
    double b = px * py * a;
    double[] axes = {
      1 + sign * px * px * a, sign * b, -sign * px, b, sign + py * py * a, -py, px, py, pz
    };
    return new TrackFrame(xMeters, yMeters, zMeters, timeNs, axes);
  }

  /** x of the point, metres. */
  double xMeters() {
    return xMeters;
  }

  double yMeters() {
    return yMeters;
  }

  double zMeters() {
    return zMeters;
  }

  /** When the particle is there, ns. */
  double timeNs() {
    return timeNs;
  }

  /** Component {@code index} of e₁ (0..2), e₂ (3..5) or p (6..8). */
  double axis(int index) {
    return axes[index];
  }

  double px() {
    return axes[6];
  }

  double py() {
    return axes[7];
  }

  double pz() {
    return axes[8];
  }

  /** Where the particle came from. */
  Direction origin() {
    return Direction.along(-px(), -py(), -pz());
  }

  /** The same track with another time. */
  TrackFrame at(double newTimeNs) {
    return new TrackFrame(xMeters, yMeters, zMeters, newTimeNs, axes);
  }

  /** The track after a step of {@value #SIZE} lengths. */
  TrackFrame moved(double[] step) {
    double x = xMeters + step[0] * axes[0] + step[1] * axes[3];
    double y = yMeters + step[0] * axes[1] + step[1] * axes[4];
    double z = zMeters + step[0] * axes[2] + step[1] * axes[5];
    double time = timeNs + step[2] / IceOptics.LIGHT_SPEED;
    double angle = Math.hypot(step[3], step[4]) / ARM_METERS;
    return new TrackFrame(x, y, z, time, angle > 0 ? tilted(step, angle) : axes);
  }

  /** Turns all axes by {@code angle} in the plane of p and the tilt. */
  private double[] tilted(double[] step, double angle) {
    double along1 = step[3] / (angle * ARM_METERS);
    double along2 = step[4] / (angle * ARM_METERS);
    double sine = Math.sin(angle);
    double versine = 1 - Math.cos(angle);
    double[] turned = new double[9];
    for (int k = 0; k < 3; k++) {
      double p = axes[6 + k];
      double w = along1 * axes[k] + along2 * axes[3 + k];
      // w turns towards −p, p towards w; what is across both stays.
      double change = -sine * p - versine * w;
      turned[k] = axes[k] + along1 * change;
      turned[3 + k] = axes[3 + k] + along2 * change;
      turned[6 + k] = p + sine * w - versine * p;
    }
    return turned;
  }
}
