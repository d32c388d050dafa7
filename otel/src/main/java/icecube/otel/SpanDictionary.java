// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The spans of {@code spans.yaml}: what a span of the mesh may be called and carry. Tests hold real
 * spans against it; nothing that runs needs it. Immutable.
 */
public final class SpanDictionary {
  private static final String FILE = "spans.yaml";

  private final List<SpanEntry> entries;

  /**
   * One span as the dictionary has it.
   *
   * @param name its name
   * @param kind {@code PRODUCER}, {@code CONSUMER}, {@code CLIENT}, {@code SERVER}, {@code
   *     INTERNAL}
   * @param room who sends it
   * @param attributes the keys it may carry
   */
  public record SpanEntry(String name, String kind, String room, Set<String> attributes) {
    public SpanEntry {
      attributes = Set.copyOf(attributes);
    }
  }

  private SpanDictionary(List<SpanEntry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** The dictionary of this build. */
  public static SpanDictionary ofThisBuild() throws IOException {
    try (InputStream text = SpanDictionary.class.getResourceAsStream(FILE)) {
      if (text == null) {
        throw new IOException(FILE + ": not in the jar (expected: beside its class)");
      }
      return read(text);
    }
  }

  private static SpanDictionary read(InputStream text) {
    Map<?, ?> file = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    List<SpanEntry> entries = new ArrayList<>();
    for (Object each : list(file, "spans")) {
      var fields = (Map<?, ?>) each;
      Set<String> attributes = new TreeSet<>();
      list(fields, "attributes").forEach(key -> attributes.add(String.valueOf(key)));
      entries.add(
          new SpanEntry(
              String.valueOf(fields.get("name")),
              String.valueOf(fields.get("kind")),
              String.valueOf(fields.get("room")),
              attributes));
    }
    return new SpanDictionary(entries);
  }

  private static List<?> list(Map<?, ?> fields, String key) {
    if (fields.get(key) instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(key + ": none in " + fields + " (expected: a list)");
  }

  /** All of them, in the order of the file. */
  public List<SpanEntry> entries() {
    return entries;
  }

  /** What is wrong with a span of this name and kind with these attributes; empty if nothing is. */
  public Optional<String> fault(String name, String kind, Set<String> attributes) {
    for (var entry : entries) {
      if (entry.name().equals(name) && entry.kind().equals(kind)) {
        Set<String> unknown = new TreeSet<>(attributes);
        unknown.removeAll(entry.attributes());
        return unknown.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "span %s: %s (expected: attributes of otel/spans.yaml)".formatted(name, unknown));
      }
    }
    return Optional.of("span: %s %s (expected: one of otel/spans.yaml)".formatted(kind, name));
  }
}
