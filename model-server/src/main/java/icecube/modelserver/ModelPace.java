// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * How long one worker needs for a byte of requests to one model, as its last rounds have shown.
 *
 * <p>Bytes, because they are known before anything is decoded and grow with the rows, which are the
 * cost. A moving mean, so that one slow round changes it little. Thread-safe.
 */
final class ModelPace {
  /** The weight of the newest round. */
  private static final double NEWEST_WEIGHT = 0.1;

  private volatile double nanosPerByte;

  /** Takes in that {@code bytes} of requests kept a worker busy for {@code nanos}. */
  synchronized void saw(double bytes, long nanos) {
    if (bytes <= 0 || nanos < 0) {
      return;
    }
    double now = nanos / bytes;
    double before = nanosPerByte;
    nanosPerByte = before == 0 ? now : before + NEWEST_WEIGHT * (now - before);
  }

  /** What one worker will need for {@code bytes}; 0 as long as nothing is known. */
  long nanosFor(long bytes) {
    return (long) (nanosPerByte * bytes);
  }
}
