// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.List;

/**
 * Entries taken over from holders that are gone.
 *
 * @param kind how they are to be treated
 * @param suspectCount suspected entries that wait to be handed out alone
 * @param entries the entries, now held by the claimer
 */
public record Claim(Kind kind, int suspectCount, List<DeliveredEntry> entries) {
  public Claim {
    entries = List.copyOf(entries);
  }

  /** How claimed entries are to be treated. */
  public enum Kind {
    /** As any other. */
    ORDINARY,
    /** One suspected entry: predict it with nothing else in flight. */
    LONE,
    /** One entry that has killed every consumer it was alone with: dead-letter it, CRASH_LOOP. */
    DEAD
  }
}
