// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The time of this machine, and its chance. Thread-safe. */
final class SystemTimeAndChance implements TimeAndChance {
  private static final int INCARNATION_DIGITS = 8;

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long unixMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  @Override
  public double chance() {
    return ThreadLocalRandom.current().nextDouble();
  }

  @Override
  public String incarnation() {
    return UUID.randomUUID().toString().substring(0, INCARNATION_DIGITS);
  }
}
