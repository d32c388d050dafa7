// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * What was decided and done in one run, in order: as a fingerprint always, as lines for whoever
 * wants them. Equal fingerprints mean equal runs. Confined to one thread.
 */
final class Trace {
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final Scheduler scheduler;
  private final Consumer<String> lines;
  private final boolean isWanted;
  private long fingerprint;

  private Trace(Scheduler scheduler, Consumer<String> lines, boolean isWanted) {
    this.scheduler = scheduler;
    this.lines = lines;
    this.isWanted = isWanted;
  }

  static Trace silent(Scheduler scheduler) {
    return new Trace(scheduler, line -> {}, false);
  }

  static Trace to(Scheduler scheduler, Consumer<String> lines) {
    return new Trace(scheduler, lines, true);
  }

  void note(String who, String what, long number) {
    mix(scheduler.nowNanos());
    mix(who.hashCode());
    mix(what.hashCode());
    mix(number);
    if (isWanted) {
      lines.accept(
          String.format(
              Locale.ROOT, "%11.6f s  %-14s %s %d", scheduler.nowNanos() / 1e9, who, what, number));
    }
  }

  private void mix(long value) {
    fingerprint = (Long.rotateLeft(fingerprint, 5) ^ value) * MULTIPLIER;
  }

  long fingerprint() {
    return fingerprint;
  }
}
