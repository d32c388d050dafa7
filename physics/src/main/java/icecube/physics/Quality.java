// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/** What to know about a direction before trusting it. */
public enum Quality {
  /** The pulses fix no direction (one place, one time); the answer is zenith π/2, azimuth 0. */
  NO_DIRECTION(1),
  /** The event had more pulses than the model was given. */
  TRUNCATED(2),
  /**
   * All coincident pulses that were given (all pulses, if none is) hang on one string: the azimuth
   * is a guess.
   */
  SINGLE_STRING(3),
  /** A simpler model answered because the wanted one was unhealthy. */
  DEGRADED(4);

  private final int bit;

  Quality(int number) {
    this.bit = 1 << number;
  }

  /** This flag as one bit: 1 << its number in {@code icecube.v1.Quality}. */
  public int bit() {
    return bit;
  }

  /** Whether the flag is set in {@code bits}. */
  public boolean isIn(int bits) {
    return (bits & bit) != 0;
  }
}
