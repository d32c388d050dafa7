// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.TimeAndChance;
import java.time.Duration;
import java.util.Random;

/** Time that passes only in pauses, and what the rest of the world does meanwhile. */
final class FakeTime implements TimeAndChance {
  private static final long START_UNIX_MICROS = 1_800_000_000_000_000L;
  private static final int PAUSES_MAX = 1_000_000;

  private final Random random;
  private final Runnable meanwhile;
  private long nanos;
  private int pauses;

  FakeTime(long seed, Runnable meanwhile) {
    this.random = new Random(seed);
    this.meanwhile = meanwhile;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long unixMicros() {
    return START_UNIX_MICROS + nanos / 1_000;
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("test: interrupted");
    }
    if (++pauses > PAUSES_MAX) {
      throw new AssertionError("pauses: more than " + PAUSES_MAX + " (expected: an end)");
    }
    nanos += duration.toNanos();
    meanwhile.run();
  }

  @Override
  public double chance() {
    return random.nextDouble();
  }

  @Override
  public String incarnation() {
    return "00000000";
  }
}
