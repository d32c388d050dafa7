// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
 * The spans of {@code otel/spans.yaml}: what a span of the mesh may be called and carry. Immutable.
 */
final class SpanDictionary {
  private final List<SpanEntry> entries;

  private record SpanEntry(String name, String kind, Set<String> attributes) {}

  private SpanDictionary(List<SpanEntry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** The dictionary as it stands in this project. */
  static SpanDictionary read() throws IOException {
    try (InputStream text = Files.newInputStream(Program.root().resolve("otel/spans.yaml"))) {
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
              String.valueOf(fields.get("name")), String.valueOf(fields.get("kind")), attributes));
    }
    return new SpanDictionary(entries);
  }

  private static List<?> list(Map<?, ?> fields, String key) {
    if (fields.get(key) instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(key + ": none in " + fields + " (expected: a list)");
  }

  /** What is wrong with a span; empty if nothing is. */
  Optional<String> fault(SpanData span) {
    String name = span.getName();
    String kind = span.getKind().name();
    for (var entry : entries) {
      if (entry.name().equals(name) && entry.kind().equals(kind)) {
        Set<String> unknown = new TreeSet<>();
        span.getAttributes().forEach((key, value) -> unknown.add(key.getKey()));
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
