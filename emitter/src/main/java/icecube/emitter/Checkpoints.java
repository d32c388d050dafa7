// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import java.util.ArrayList;
import java.util.List;

/**
 * Some of the places that a reading has come by, at most {@value #COUNT_MAX}, close together where
 * it is now and ever wider apart before: going back by n entries, one finds a place that lies only
 * a fraction of n too far back. The start is always among them. Confined to one thread.
 */
final class Checkpoints {
  /** Some kilobytes; a source of 10⁸ events is covered to within a third of the way back. */
  static final int COUNT_MAX = 64;

  /** Entries from one place to the next, where they are closest: 2,048 events. */
  static final int INTERVAL_ENTRIES = 64;

  private final List<Checkpoint> kept = new ArrayList<>(COUNT_MAX + 1);

  Checkpoints(int partitionCount) {
    kept.add(Checkpoint.start(partitionCount));
  }

  /** Whether a place after so many entries is worth keeping. */
  boolean wants(long entries) {
    return entries >= last().entries() + INTERVAL_ENTRIES;
  }

  /** Keeps a place behind all others; drops the one that is missed least if there are too many. */
  void add(Checkpoint place) {
    kept.add(place);
    if (kept.size() > COUNT_MAX) {
      kept.remove(leastMissed());
    }
  }

  /** The last place before which a log that holds so much of each partition lacks nothing. */
  Checkpoint lastHeldBy(long[] entriesHeld) {
    for (int at = kept.size() - 1; at > 0; at--) {
      if (kept.get(at).isHeldBy(entriesHeld)) {
        return kept.get(at);
      }
    }
    return kept.get(0);
  }

  int count() {
    return kept.size();
  }

  private Checkpoint last() {
    return kept.get(kept.size() - 1);
  }

  /** The gap that is left without it is the smallest, measured by how far back the gap ends. */
  private int leastMissed() {
    int least = 1;
    double leastRatio = Double.POSITIVE_INFINITY;
    for (int at = 1; at < kept.size() - 1; at++) {
      long next = kept.get(at + 1).entries();
      double gap = next - kept.get(at - 1).entries();
      double ratio = gap / (last().entries() - next + INTERVAL_ENTRIES);
      if (ratio < leastRatio) {
        least = at;
        leastRatio = ratio;
      }
    }
    return least;
  }
}
