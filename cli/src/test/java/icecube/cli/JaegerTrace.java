// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A trace as Jaeger's query interface tells it. */
record JaegerTrace(List<JsonNode> spans, JsonNode processes) {
  static JaegerTrace of(JsonNode trace) {
    List<JsonNode> spans = new ArrayList<>();
    trace.path("spans").forEach(spans::add);
    spans.sort((one, other) -> Long.compare(startOf(one), startOf(other)));
    return new JaegerTrace(spans, trace.path("processes"));
  }

  private static long startOf(JsonNode span) {
    return span.path("startTime").asLong();
  }

  Set<String> names() {
    Set<String> names = new TreeSet<>();
    spans.forEach(span -> names.add(span.path("operationName").asText()));
    return names;
  }

  Set<String> services() {
    Set<String> services = new TreeSet<>();
    spans.forEach(span -> services.add(serviceOf(span)));
    return services;
  }

  private String serviceOf(JsonNode span) {
    return processes.path(span.path("processID").asText()).path("serviceName").asText();
  }

  private static String parentOf(JsonNode span) {
    for (var reference : span.path("references")) {
      if (reference.path("refType").asText().equals("CHILD_OF")) {
        return reference.path("spanID").asText();
      }
    }
    return "";
  }

  /** Ids of the spans of a name and kind; at least one. */
  List<String> idsOf(String name, String kind) {
    var ids =
        named(name).stream()
            .filter(span -> kindOf(span).equals(kind))
            .map(span -> span.path("spanID").asText())
            .toList();
    assertThat(ids).as("%s spans %s of%n%s", kind, name, toTree()).isNotEmpty();
    return ids;
  }

  private static String kindOf(JsonNode span) {
    for (var tag : span.path("tags")) {
      if (tag.path("key").asText().equals("span.kind")) {
        return tag.path("value").asText();
      }
    }
    return "";
  }

  /** Span ids that a span is linked to. */
  List<String> linksOf(String name) {
    List<String> links = new ArrayList<>();
    for (var span : spans) {
      for (var reference : span.path("references")) {
        if (span.path("operationName").asText().equals(name)
            && !reference.path("refType").asText().equals("CHILD_OF")) {
          links.add(reference.path("spanID").asText());
        }
      }
    }
    return links;
  }

  String tag(String name, String key) {
    for (var span : spans) {
      for (var tag : span.path("tags")) {
        if (span.path("operationName").asText().equals(name)
            && tag.path("key").asText().equals(key)) {
          return tag.path("value").asText();
        }
      }
    }
    return "";
  }

  /** Requires spans of these names, each within the one before and not begun before it. */
  void requireWay(String... names) {
    List<JsonNode> heads = named(names[0]);
    for (int step = 1; step < names.length; step++) {
      List<JsonNode> next = new ArrayList<>();
      for (var child : named(names[step])) {
        for (var head : heads) {
          if (parentOf(child).equals(head.path("spanID").asText())) {
            assertThat(startOf(child)).as(names[step]).isGreaterThanOrEqualTo(startOf(head));
            next.add(child);
          }
        }
      }
      assertThat(next)
          .as("%s within %s of%n%s", names[step], names[step - 1], toTree())
          .isNotEmpty();
      heads = next;
    }
  }

  private List<JsonNode> named(String name) {
    return spans.stream().filter(span -> span.path("operationName").asText().equals(name)).toList();
  }

  /** The trace as a person reads it: what within what, when, how long, and by whom. */
  String toTree() {
    var tree = new StringBuilder();
    for (var span : spans) {
      if (parentOf(span).isEmpty()) {
        append(tree, span, 0);
      }
    }
    return tree.toString();
  }

  private void append(StringBuilder tree, JsonNode span, int depth) {
    String name = "  ".repeat(depth) + span.path("operationName").asText();
    int links = linksOf(span.path("operationName").asText()).size();
    tree.append(
        "%-52s %8.2f ms %8.2f ms  %s%s%n"
            .formatted(
                name,
                (startOf(span) - startOf(spans.get(0))) / 1e3,
                span.path("duration").asLong() / 1e3,
                serviceOf(span),
                links == 0 ? "" : ", linked to " + links));
    for (var child : spans) {
      if (parentOf(child).equals(span.path("spanID").asText())) {
        append(tree, child, depth + 1);
      }
    }
  }
}
