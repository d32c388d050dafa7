// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * How many events lie within a radius that should hold a known share of them.
 *
 * @param nominal the share that should, 0..1
 * @param count events that told a radius
 * @param within events whose error was not above it
 * @param share within/count; null without an event
 * @param standardError half the width of Wilson's interval at one standard deviation, √(s(1 − s)/n
 *     + 1/(4n²))/(1 + 1/n) (JASA 22 (1927) 209): √(s(1 − s)/n for many events, and not 0 where all
 *     or none are within
 */
public record Share(
    double nominal,
    long count,
    long within,
    @Nullable Double share,
    @Nullable Double standardError) {
  static Share of(double nominal, long count, long within) {
    if (count == 0) {
      return new Share(nominal, 0, 0, null, null);
    }
    double share = (double) within / count;
    double variance = share * (1 - share) / count + 0.25 / count / count;
    return new Share(nominal, count, within, share, Math.sqrt(variance) / (1 + 1.0 / count));
  }

  /**
   * Whether the share differs from the nominal one by no more than {@code sigmas} of its error
   * where the nominal one is true, √(p(1 − p)/n); false without an event.
   */
  public boolean isWithin(double sigmas) {
    return share != null
        && Math.abs(share - nominal) <= sigmas * Math.sqrt(nominal * (1 - nominal) / count);
  }
}
