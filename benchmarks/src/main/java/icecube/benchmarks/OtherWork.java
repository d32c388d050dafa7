// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How much of the machine others used meanwhile: what {@code /proc/stat} counts as busy, less what
 * this process and its children used. A figure measured beside other work says so.
 */
final class OtherWork {
  private static final double TICKS_PER_SECOND = 100;

  private final long startNanos = System.nanoTime();
  private final double busyAtStart = busySeconds();
  private final double ownAtStart = ownSeconds();

  /** Processors that others kept busy since the start, on average; below 0 is measuring error. */
  double processors() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return (busySeconds() - busyAtStart - (ownSeconds() - ownAtStart)) / seconds;
  }

  private static double busySeconds() {
    try {
      String[] words = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +", -1);
      // user, nice, system, then irq and softirq behind idle and iowait.
      long ticks = 0;
      for (int column : new int[] {1, 2, 3, 6, 7}) {
        ticks += Long.parseLong(words[column]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException | IndexOutOfBoundsException e) {
      return Double.NaN;
    }
  }

  private static double ownSeconds() {
    ProcessHandle self = ProcessHandle.current();
    return self.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3
        + self.descendants()
            .mapToDouble(
                child -> child.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
            .sum();
  }
}
