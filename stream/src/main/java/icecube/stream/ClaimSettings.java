// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When an entry may be taken over, and when it is suspected to kill its consumers.
 *
 * @param lease how long an entry stays with a holder that does not renew it
 * @param countMax most entries taken at once
 * @param suspectAt deliveries from which an entry is only handed out alone; parts made inside the
 *     log from the first on, for they may be pieces of an entry that killed
 * @param loneDeliveriesMax lone deliveries after which an entry is declared dead
 */
public record ClaimSettings(Duration lease, int countMax, int suspectAt, int loneDeliveriesMax) {
  /** Lease 5 s, 16 entries, suspected from the 4th delivery, dead after 2 lone ones. */
  public static final ClaimSettings DEFAULT = new ClaimSettings(Duration.ofSeconds(5), 16, 4, 2);

  /** A part may be a piece of an entry that has killed; it need not kill as often again. */
  private static final int PART_SUSPECT_AT = 2;

  public ClaimSettings {
    requireNonNull(lease, "lease");
    if (lease.isNegative() || lease.isZero()) {
      throw new IllegalArgumentException("lease: " + lease + " (expected: above 0)");
    }
    if (countMax < 1) {
      throw new IllegalArgumentException("countMax: " + countMax + " (expected: at least 1)");
    }
  }

  /** Deliveries from which this entry is only handed out alone. */
  int suspectAt(EntryId id) {
    return id.part() > 0 ? Math.min(PART_SUSPECT_AT, suspectAt) : suspectAt;
  }
}
