// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** When requests are sent. */
public sealed interface Pace {
  /**
   * Closed loop: so many requests are always in flight, the next leaves when one is answered. It
   * measures what a server can do; its latencies belong to that many patient callers, since a slow
   * server is asked less often.
   *
   * @param concurrency requests in flight, 1..65,536
   */
  record Closed(int concurrency) implements Pace {
    public Closed {
      if (concurrency < 1 || concurrency > IN_FLIGHT_LIMIT) {
        throw new IllegalArgumentException(
            "concurrency: %d (expected: 1..%d)".formatted(concurrency, IN_FLIGHT_LIMIT));
      }
    }
  }

  /** Open loop: requests are sent at their times, whatever became of those before. */
  sealed interface Open extends Pace {
    /** The times of one run; the same for the same seed. */
    Schedule schedule(long seed);
  }

  /**
   * So many requests a second.
   *
   * @param requestsPerSecond above 0, at most 1,000,000
   * @param poisson with exponential gaps, as of callers who do not know each other; else equal gaps
   */
  record Rate(double requestsPerSecond, boolean poisson) implements Open {
    private static final double RATE_MAX = 1e6;

    public Rate {
      if (!(requestsPerSecond > 0 && requestsPerSecond <= RATE_MAX)) {
        throw new IllegalArgumentException(
            "rate: %s (expected: above 0, at most 1000000 requests/s)"
                .formatted(requestsPerSecond));
      }
    }

    @Override
    public Schedule schedule(long seed) {
      double gapNanos = 1e9 / requestsPerSecond;
      var random = new SplittableRandom(seed);
      return new Schedule() {
        private double atNanos;

        @Override
        public long nextOffsetNanos() {
          long offset = (long) atNanos;
          // 1 - u is in (0, 1], so that the logarithm is finite.
          atNanos += poisson ? -gapNanos * Math.log(1 - random.nextDouble()) : gapNanos;
          return offset;
        }
      };
    }
  }

  /** A recorded pace, once. */
  final class Replay implements Open {
    private final long[] offsetsNanos;

    /**
     * @param offsetsNanos when each request is sent, ns since the first; not decreasing
     */
    public Replay(long... offsetsNanos) {
      this.offsetsNanos = offsetsNanos.clone();
      long before = 0;
      for (int i = 0; i < offsetsNanos.length; i++) {
        if (offsetsNanos[i] < before) {
          throw new IllegalArgumentException(
              "replay: %d ns as time %d (expected: at least %d, as times do not decrease)"
                  .formatted(offsetsNanos[i], i, before));
        }
        before = offsetsNanos[i];
      }
      if (offsetsNanos.length == 0) {
        throw new IllegalArgumentException("replay: no times (expected: at least 1)");
      }
    }

    @Override
    public Schedule schedule(long seed) {
      var left = Arrays.stream(offsetsNanos).iterator();
      return () -> left.hasNext() ? left.nextLong() : Schedule.END;
    }
  }

  /** The times of one run, one after the other. Confined to the thread that paces. */
  interface Schedule {
    /** No further time. */
    long END = -1;

    /** When the next request is sent, ns since the start, or {@link #END}. */
    long nextOffsetNanos();
  }

  /** The most requests that a run has in flight. */
  int IN_FLIGHT_LIMIT = 65_536;
}
