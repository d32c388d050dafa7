// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Which faults are thrown when, decided by a seed alone.
 *
 * <p>Kinds are drawn like cards: each comes once before any comes again, so that no seed misses
 * one.
 */
final class Schedule {
  /** The most of the log's end that is cut off at once: about 30 entries, or a second of work. */
  static final int CUT_BYTES_MAX = 60_000;

  private static final int GAP_MILLIS_MIN = 300;
  private static final int GAP_MILLIS_MAX = 1_200;

  private Schedule() {}

  /**
   * The faults of a seed, in order of time.
   *
   * @param kinds at least one
   * @param window the last begins before its end
   */
  static List<Fault> of(long seed, Set<FaultKind> kinds, Duration window) {
    if (kinds.isEmpty()) {
      return List.of();
    }
    var random = new Random(seed);
    List<FaultKind> cards = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    long atMillis = gap(random);
    while (atMillis < window.toMillis()) {
      if (cards.isEmpty()) {
        cards.addAll(EnumSet.copyOf(kinds));
        Collections.shuffle(cards, random);
      }
      FaultKind kind = cards.remove(cards.size() - 1);
      int millis = between(random, kind.millisMin(), kind.millisMax());
      faults.add(
          new Fault(
              atMillis, kind, random.nextInt(1 << 16), millis, between(random, 1, CUT_BYTES_MAX)));
      atMillis += gap(random);
    }
    return List.copyOf(faults);
  }

  private static int gap(Random random) {
    return between(random, GAP_MILLIS_MIN, GAP_MILLIS_MAX);
  }

  private static int between(Random random, int min, int max) {
    return min + random.nextInt(max - min + 1);
  }
}
