// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Optional;

/**
 * What can be wrong with one event so that no direction may be made of it, and the check that finds
 * it.
 *
 * <p>The checks run in the order of the constants and the first that fails names the event.
 */
public enum EventDefect {
  /** The event has no pulse. */
  EMPTY,
  /** The event has more pulses than {@link #PULSE_COUNT_MAX}. */
  TOO_LARGE,
  /** A pulse names a sensor that the geometry lacks. */
  SENSOR_UNKNOWN,
  /** A time is not finite, negative, or beyond {@link #TIME_NS_MAX}. */
  TIME_OUT_OF_RANGE,
  /** A pulse is earlier than the one before it. */
  TIME_UNSORTED,
  /** A charge is not finite, zero or negative. */
  CHARGE_OUT_OF_RANGE;

  /** The most pulses of one event; the largest of Kaggle's 132 million events has 178,250. */
  public static final int PULSE_COUNT_MAX = 262_144;

  /** The latest time, ns: every integer up to here is exact in float32 (16.8 ms). */
  public static final float TIME_NS_MAX = 1 << 24;

  /**
   * A defect with the sentence that tells a person what to mend.
   *
   * @param defect what is wrong
   * @param message value, expectation and what to do
   */
  public record Finding(EventDefect defect, String message) {}

  /** The first defect of {@code pulses} in a detector of this geometry; empty if it is sound. */
  public static Optional<Finding> find(PulseSeries pulses, DetectorGeometry geometry) {
    int count = pulses.count();
    if (count == 0) {
      return found(EMPTY, "pulses: 0 (expected: 1.." + PULSE_COUNT_MAX + ")");
    }
    if (count > PULSE_COUNT_MAX) {
      return found(TOO_LARGE, "pulses: " + count + " (expected: 1.." + PULSE_COUNT_MAX + ")");
    }
    float previousNs = 0;
    for (int pulse = 0; pulse < count; pulse++) {
      var finding = findInPulse(pulses, pulse, previousNs, geometry);
      if (finding.isPresent()) {
        return finding;
      }
      previousNs = pulses.timeNs(pulse);
    }
    return Optional.empty();
  }

  private static Optional<Finding> findInPulse(
      PulseSeries pulses, int pulse, float previousNs, DetectorGeometry geometry) {
    int sensorId = pulses.sensorId(pulse);
    if (!geometry.hasSensor(sensorId)) {
      return found(
          SENSOR_UNKNOWN,
          "sensor_id: "
              + sensorId
              + of(pulse)
              + " (expected: 0.."
              + (geometry.sensorCount() - 1)
              + "); check that --geometry matches the data set");
    }
    float timeNs = pulses.timeNs(pulse);
    if (!(timeNs >= 0 && timeNs <= TIME_NS_MAX)) {
      return found(
          TIME_OUT_OF_RANGE,
          "time: "
              + timeNs
              + " ns"
              + of(pulse)
              + " (expected: 0.."
              + (long) TIME_NS_MAX
              + ", relative to the event)");
    }
    if (timeNs < previousNs) {
      return found(
          TIME_UNSORTED,
          "time: "
              + timeNs
              + " ns"
              + of(pulse)
              + " after "
              + previousNs
              + " ns (expected: pulses sorted by time)");
    }
    float chargePe = pulses.chargePe(pulse);
    if (!(chargePe > 0 && Float.isFinite(chargePe))) {
      return found(
          CHARGE_OUT_OF_RANGE,
          "charge: " + chargePe + " p.e." + of(pulse) + " (expected: finite and above 0)");
    }
    return Optional.empty();
  }

  private static String of(int pulse) {
    return " of pulse " + pulse;
  }

  private static Optional<Finding> found(EventDefect defect, String message) {
    return Optional.of(new Finding(defect, message));
  }
}
