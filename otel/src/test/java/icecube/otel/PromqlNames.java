// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of the metrics that a PromQL expression asks for. */
final class PromqlNames {
  private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
  private static final Pattern MATCHERS = Pattern.compile("\\{[^}]*}");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
  private static final Pattern LABELS =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(?![a-zA-Z0-9_:]*\\s*\\()");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)}");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");

  private PromqlNames() {}

  static Set<String> of(String promql) {
    String bare = TEXT.matcher(promql).replaceAll("");
    bare = MATCHERS.matcher(bare).replaceAll(" ");
    bare = RANGE.matcher(bare).replaceAll(" ");
    bare = LABELS.matcher(bare).replaceAll(" ");
    Set<String> names = new LinkedHashSet<>();
    Matcher matcher = NAME.matcher(bare);
    while (matcher.find()) {
      boolean isNumber = matcher.start() > 0 && Character.isDigit(bare.charAt(matcher.start() - 1));
      if (!isNumber && !WORDS.contains(matcher.group())) {
        names.add(matcher.group());
      }
    }
    return names;
  }

  /** The metrics that are asked for by labels, each with the labels: {@code up{job="x"}}. */
  static Map<String, Set<String>> matched(String promql) {
    Map<String, Set<String>> matched = new LinkedHashMap<>();
    Matcher selector = SELECTOR.matcher(promql);
    while (selector.find()) {
      Set<String> labels =
          matched.computeIfAbsent(selector.group(1), name -> new LinkedHashSet<>());
      Matcher label = LABEL.matcher(selector.group(2));
      while (label.find()) {
        labels.add(label.group(1));
      }
    }
    return matched;
  }
}
