// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.micrometer.core.instrument.Counter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The counters of one name, told apart by one label whose values are known, all there from the
 * start: a counter that first appears with the event it counts has no rate, and the first goes
 * unseen. A value that was not foreseen gets its counter when it comes. Thread-safe.
 */
public final class CounterFamily {
  private final Meters meters;
  private final String name;
  private final String label;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  CounterFamily(Meters meters, String name, String label, Collection<String> values) {
    this.meters = meters;
    this.name = name;
    this.label = label;
    values.forEach(this::of);
  }

  /** The counter of one value. */
  public Counter of(String value) {
    var known = counters.get(value);
    return known != null
        ? known
        : counters.computeIfAbsent(value, each -> meters.counter(name, label, each));
  }
}
