// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The meters that are told apart by model, or by version of a model: each there from its first use,
 * and taken away with what it counts. So a server that loads a new version every minute shows no
 * more series after a year than on its first day. What comes back begins at 0, as a counter does
 * with its process. Thread-safe.
 */
final class ModelMeters {
  private final Meters all;
  private final Rows<Counter> counters;
  private final Rows<Timer> timers;
  private final Rows<DistributionSummary> summaries;

  ModelMeters(Meters all) {
    this.all = all;
    this.counters = new Rows<>(all, all::counter);
    this.timers = new Rows<>(all, all::timer);
    this.summaries = new Rows<>(all, all::summary);
  }

  /** What makes them, and those that are of no model. */
  Meters all() {
    return all;
  }

  /** As {@link Meters#counter}. */
  Counter counter(String name, String... labels) {
    return counters.of(name, labels);
  }

  /** As {@link Meters#timer}. */
  Timer timer(String name, String... labels) {
    return timers.of(name, labels);
  }

  /** As {@link Meters#summary}. */
  DistributionSummary summary(String name, String... labels) {
    return summaries.of(name, labels);
  }

  /** Takes away what is of none of these models, or of none of their versions. */
  void keepOnly(Map<String, Set<String>> versions) {
    counters.keepOnly(versions);
    timers.keepOnly(versions);
    summaries.keepOnly(versions);
  }

  /** The meters of one type. */
  private static final class Rows<M extends Meter> {
    private final Meters all;
    private final Maker<M> maker;
    private final Map<Row, M> made = new ConcurrentHashMap<>();

    /** Makes the meter of this name and these labels. */
    private interface Maker<M> {
      M make(String name, String... labels);
    }

    private record Row(String name, List<String> labels) {}

    Rows(Meters all, Maker<M> maker) {
      this.all = all;
      this.maker = maker;
    }

    M of(String name, String... labels) {
      var row = new Row(name, List.of(labels));
      M known = made.get(row); // Without the lock, as nearly always.
      return known != null ? known : made.computeIfAbsent(row, absent -> maker.make(name, labels));
    }

    void keepOnly(Map<String, Set<String>> versions) {
      for (Row row : made.keySet()) {
        // Within its row's lock, so that who needs it at this moment makes a new one after it.
        made.computeIfPresent(
            row, (same, meter) -> isOf(versions, meter.getId()) ? meter : removed(meter));
      }
    }

    private static boolean isOf(Map<String, Set<String>> versions, Meter.Id id) {
      var known = versions.get(id.getTag("model"));
      String version = id.getTag("model_version");
      return known != null && (version == null || known.contains(version));
    }

    private @Nullable M removed(M meter) {
      all.registry().remove(meter);
      return null;
    }
  }
}
