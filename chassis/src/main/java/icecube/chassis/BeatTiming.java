// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pace of a {@link BeatSender}.
 *
 * @param period between two beats; each one is jittered by a tenth, so that a thousand components
 *     started together do not beat together
 * @param answerTimeout a registry that has not answered for so long is left and dialled again
 * @param retryMin the longest first wait after a failed call, see {@link Backoff}
 * @param retryMax the longest wait of all; below the registry's lease, so that one failed try costs
 *     no life
 * @param goodbyeTimeout how long a closing sender waits for its LEFT to be answered
 */
record BeatTiming(
    Duration period,
    Duration answerTimeout,
    Duration retryMin,
    Duration retryMax,
    Duration goodbyeTimeout) {
  static final double JITTER = 0.1;

  /** RELIABILITY: beats of 1 s against a lease of 10 s. */
  static final BeatTiming DEFAULT =
      new BeatTiming(
          Duration.ofSeconds(1),
          Duration.ofSeconds(3),
          Duration.ofMillis(250),
          Duration.ofSeconds(4),
          Duration.ofSeconds(1));

  long nextPeriodNanos(RandomGenerator random) {
    return (long) (period.toNanos() * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }

  /** The waits between failed calls. */
  Backoff retries(RandomGenerator random) {
    return new Backoff(retryMin, retryMax, random::nextDouble);
  }
}
