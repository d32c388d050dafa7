// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * When the events of a seed trigger the detector: a Poisson process of a steady rate, in ns since
 * the first event.
 *
 * <p>The pause before an event is a pure function of (seed, rate, index), in whole ns, so that the
 * times are the same on every machine and can be gone on with from any event whose time is known.
 * They have no part in the events themselves. Confined to one thread.
 */
public final class TriggerTimes {
  /** IceCube's trigger rate, events a second. */
  public static final double RATE_HZ = 2_700;

  /** The largest rate: its mean pause is one ns. */
  public static final double RATE_MAX_HZ = 1e9;

  private static final double NS_PER_SECOND = 1e9;

  /** So that the pauses share no random number with the events. */
  private static final long SALT = 0x7472_6967_6765_7273L;

  private final RandomStream random = new RandomStream();
  private final long seed;
  private final double meanNs;
  private long index;
  private long timeNs;

  private TriggerTimes(long seed, double rateHz, long index, long timeNs) {
    this.seed = seed;
    this.meanNs = NS_PER_SECOND / rateHz;
    this.index = index;
    this.timeNs = timeNs;
  }

  /**
   * From event 0 on.
   *
   * @throws IllegalArgumentException if the rate is not above 0 and at most {@link #RATE_MAX_HZ}
   */
  public static TriggerTimes of(long seed, double rateHz) {
    return from(seed, rateHz, 0, 0);
  }

  /**
   * From an event on.
   *
   * @param index the event whose time comes next
   * @param lastNs the time of the event before it; has no meaning for event 0
   */
  public static TriggerTimes from(long seed, double rateHz, long index, long lastNs) {
    if (!(rateHz > 0 && rateHz <= RATE_MAX_HZ)) {
      throw new IllegalArgumentException(
          "rate: " + rateHz + " events/s (expected: above 0, at most " + RATE_MAX_HZ + ")");
    }
    if (index < 0) {
      throw new IllegalArgumentException("index: " + index + " (expected: >= 0)");
    }
    return new TriggerTimes(seed, rateHz, index, lastNs);
  }

  /** The time of the next event, ns since event 0. */
  public long nextNs() {
    if (index == 0) {
      timeNs = 0;
    } else {
      random.restart(seed ^ SALT, index);
      timeNs += Math.round(random.exponential() * meanNs);
    }
    index++;
    return timeNs;
  }
}
