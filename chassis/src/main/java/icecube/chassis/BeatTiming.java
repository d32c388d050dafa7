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
 * @param retryMin the first wait after a failed call; doubled with each further one
 * @param retryMax the longest wait; below the registry's lease, so that one failed try costs no
 *     life
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
    return jittered(period.toNanos(), random);
  }

  /** The wait after {@code failureCount} failed calls in a row, counted from 1. */
  long nextRetryNanos(int failureCount, RandomGenerator random) {
    int doublings = Math.min(failureCount - 1, 20);
    long wait = Math.min(retryMax.toNanos(), retryMin.toNanos() << doublings);
    return jittered(wait, random);
  }

  private static long jittered(long nanos, RandomGenerator random) {
    return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }
}
