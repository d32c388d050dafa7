// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import io.opentelemetry.api.trace.SpanContext;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one window of a stream came to.
 *
 * @param endMillis when it ended, ms since 1970-01-01 UTC
 * @param stream figures of everything read in it, by name; of what could not be said there is none
 * @param models figures of each version of a model that predicted in it
 * @param places how far the stream was read at its end
 * @param traced spans that added entries to it, at most {@value Window#LINK_COUNT_MAX}
 */
record WindowFigures(
    long endMillis,
    Map<String, Double> stream,
    SortedMap<ModelVersion, Map<String, Double>> models,
    Places places,
    List<SpanContext> traced) {
  WindowFigures {
    stream = Map.copyOf(stream);
    models = new TreeMap<>(models);
    traced = List.copyOf(traced);
  }

  /** Predictions in it. */
  long events() {
    return stream.getOrDefault("events", 0.0).longValue();
  }

  /** A version of a model, by name and then version. */
  record ModelVersion(String model, String version) implements Comparable<ModelVersion> {
    @Override
    public int compareTo(ModelVersion other) {
      int byName = model.compareTo(other.model);
      return byName != 0 ? byName : version.compareTo(other.version);
    }

    @Override
    public String toString() {
      return model + " " + version;
    }
  }
}
