// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The metrics of {@code metrics.yaml}, by name. Read once; immutable, thread-safe.
 *
 * <p>A file that does not say what it has to is a fault of the build, and stops whoever reads it.
 */
public final class MetricDictionary {
  private static final String FILE = "metrics.yaml";

  private final Map<String, MetricEntry> entries;

  private MetricDictionary(Map<String, MetricEntry> entries) {
    this.entries = Collections.unmodifiableMap(entries);
  }

  /** The dictionary of this build. */
  public static MetricDictionary ofThisBuild() {
    return Holder.DICTIONARY;
  }

  /** Reads a dictionary; the form is told at the top of {@code metrics.yaml}. */
  static MetricDictionary read(InputStream text) {
    Map<?, ?> file = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text), FILE);
    Map<?, ?> bucketSets = map(file.get("buckets"), "buckets");
    var entries = new LinkedHashMap<String, MetricEntry>();
    for (Object each : list(file.get("metrics"), "metrics")) {
      MetricEntry entry = entry(map(each, "metrics"), bucketSets);
      if (entries.put(entry.name(), entry) != null) {
        throw wrong("name", entry.name() + ", twice", "each name once");
      }
    }
    return new MetricDictionary(entries);
  }

  /**
   * The metric of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public MetricEntry entry(String name) {
    MetricEntry entry = entries.get(name);
    if (entry == null) {
      throw wrong("metric", name, "one that stands in otel/metrics.yaml; add it there first");
    }
    return entry;
  }

  /** All of them, in the order of the file. */
  public Collection<MetricEntry> entries() {
    return entries.values();
  }

  private static MetricEntry entry(Map<?, ?> fields, Map<?, ?> bucketSets) {
    String name = text(fields, "name");
    Object set = fields.get("buckets");
    return new MetricEntry(
        name,
        MetricEntry.Type.valueOf(text(fields, "type").toUpperCase(Locale.ROOT)),
        text(fields, "unit"),
        strings(fields.get("labels")),
        text(fields, "room"),
        text(fields, "meaning"),
        set == null ? List.of() : bounds(bucketSets.get(set), name),
        fields.containsKey("appears") ? text(fields, "appears") : "");
  }

  private static List<String> strings(@Nullable Object value) {
    return value == null
        ? List.of()
        : list(value, "labels").stream().map(String::valueOf).map(String::strip).toList();
  }

  private static List<Double> bounds(@Nullable Object value, String name) {
    List<Double> bounds =
        list(value, "buckets of " + name).stream()
            .map(bound -> ((Number) bound).doubleValue())
            .toList();
    for (int index = 1; index < bounds.size(); index++) {
      if (bounds.get(index) <= bounds.get(index - 1)) {
        throw wrong("buckets of " + name, bounds.toString(), "rising");
      }
    }
    return bounds;
  }

  private static String text(Map<?, ?> fields, String key) {
    Object value = fields.get(key);
    if (value == null) {
      throw wrong(key, "none in " + fields, "a text");
    }
    return value.toString();
  }

  private static Map<?, ?> map(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(what, String.valueOf(value), "names with values");
  }

  private static List<?> list(@Nullable Object value, String what) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(what, String.valueOf(value), "a list");
  }

  private static IllegalArgumentException wrong(String what, String value, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(what, value, expected));
  }

  private static final class Holder {
    static final MetricDictionary DICTIONARY = read();

    private static MetricDictionary read() {
      try (InputStream text = MetricDictionary.class.getResourceAsStream(FILE)) {
        if (text == null) {
          throw wrong(FILE, "not in the jar", "beside " + MetricDictionary.class.getName());
        }
        return MetricDictionary.read(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
