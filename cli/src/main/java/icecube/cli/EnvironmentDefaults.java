// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Gives every flag its environment variable: {@code --model-server} is {@code
 * ICECUBE_MODEL_SERVER}. A flag on the command line wins; an {@code ICECUBE_…} variable that no
 * flag has is an error, since it is most likely a misspelt one.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
  private static final String PREFIX = "ICECUBE_";

  /** Read by the launcher, the tests and the clients, not by a command. */
  private static final Set<String> ELSEWHERE =
      Set.of("ICECUBE_JAVA", "ICECUBE_JAVA_OPTS", "ICECUBE_DATA", "ICECUBE_TARGET");

  private static final int SUGGESTION_EDITS_MAX = 3;

  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
      String value = environment.get(variableOf(option));
      return value == null || value.isEmpty() ? null : value;
    }
    return null;
  }

  /** The environment variable of a flag. */
  static String variableOf(OptionSpec option) {
    String bare = option.longestName().replaceFirst("^-+", "");
    return PREFIX + bare.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Refuses variables that belong to no flag of any command. */
  void requireKnownNames(CommandLine root) {
    Set<String> known = new TreeSet<>(ELSEWHERE);
    collect(root, known);
    String unknown =
        environment.keySet().stream()
            .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
            .sorted()
            .map(name -> name + suggestion(name, known))
            .reduce((a, b) -> a + "; " + b)
            .orElse("");
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          root, "environment: " + unknown + " (expected: the name of a flag)");
    }
  }

  private static void collect(CommandLine command, Set<String> names) {
    command.getCommandSpec().options().forEach(option -> names.add(variableOf(option)));
    command.getSubcommands().values().forEach(sub -> collect(sub, names));
  }

  private static String suggestion(String name, Set<String> known) {
    Optional<String> nearest =
        known.stream()
            .filter(candidate -> edits(name, candidate) <= SUGGESTION_EDITS_MAX)
            .min(Comparator.comparingInt(candidate -> edits(name, candidate)));
    return nearest.map(candidate -> ", did you mean " + candidate + "?").orElse("");
  }

  /** Levenshtein distance. */
  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replace = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
