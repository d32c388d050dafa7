// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The pauses between tries of one thing that fails: each twice the last, from a first to a longest,
 * and of each the upper half is left to chance, so that many who failed together do not come back
 * together.
 *
 * <p>Confined to one thread.
 */
public final class Backoff {
  private final long firstNanos;
  private final long maxNanos;
  private final DoubleSupplier chance;
  private long nextNanos;

  /**
   * @param first longest first pause, above 0
   * @param max longest pause of all, not below {@code first}
   * @param chance numbers in [0, 1)
   */
  public Backoff(Duration first, Duration max, DoubleSupplier chance) {
    if (first.isNegative() || first.isZero()) {
      throw new IllegalArgumentException("first: " + first + " (expected: > PT0S)");
    }
    if (max.compareTo(first) < 0) {
      throw new IllegalArgumentException("max: " + max + " (expected: >= " + first + ")");
    }
    this.firstNanos = first.toNanos();
    this.maxNanos = max.toNanos();
    this.chance = requireNonNull(chance, "chance");
    this.nextNanos = firstNanos;
  }

  /** How long to wait before the next try. */
  public Duration next() {
    long upper = nextNanos;
    nextNanos = upper > maxNanos / 2 ? maxNanos : upper * 2;
    return Duration.ofNanos(upper / 2 + (long) (chance.getAsDouble() * (upper - upper / 2)));
  }

  /** What was tried has worked: start again from the first pause. */
  public void reset() {
    nextNanos = firstNanos;
  }
}
