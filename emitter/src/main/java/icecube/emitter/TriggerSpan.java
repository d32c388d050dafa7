// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import org.jspecify.annotations.Nullable;

/**
 * When the events of an entry triggered the detector, ns since the source's first event.
 *
 * @param firstNs of the first event whose time is known
 * @param lastNs the latest of all
 */
record TriggerSpan(long firstNs, long lastNs) {
  /** The span with one more event; null as long as no time is known. */
  static @Nullable TriggerSpan with(@Nullable TriggerSpan span, @Nullable Long timeNs) {
    if (timeNs == null) {
      return span;
    }
    return span == null
        ? new TriggerSpan(timeNs, timeNs)
        : new TriggerSpan(span.firstNs, Math.max(span.lastNs, timeNs));
  }
}
