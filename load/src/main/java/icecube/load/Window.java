// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Which part of a run counts: requests meant to be sent after the warm-up, until the time is over
 * or so many were sent.
 *
 * @param warmUp load that is made and not counted, 0 or more
 * @param length at most this long, above 0, at most 24 h
 * @param requestsMax at most so many requests, at least 1
 */
public record Window(Duration warmUp, Duration length, long requestsMax) {
  private static final Duration LENGTH_MAX = Duration.ofHours(24);

  public Window {
    if (requireNonNull(warmUp, "warmUp").isNegative() || warmUp.compareTo(LENGTH_MAX) > 0) {
      throw new IllegalArgumentException("warm-up: " + warmUp + " (expected: 0..24 h)");
    }
    if (requireNonNull(length, "length").isNegative()
        || length.isZero()
        || length.compareTo(LENGTH_MAX) > 0) {
      throw new IllegalArgumentException("duration: " + length + " (expected: above 0, to 24 h)");
    }
    if (requestsMax < 1) {
      throw new IllegalArgumentException("requests: " + requestsMax + " (expected: at least 1)");
    }
  }

  /** A window of a fixed length. */
  public static Window of(Duration warmUp, Duration length) {
    return new Window(warmUp, length, Long.MAX_VALUE);
  }
}
