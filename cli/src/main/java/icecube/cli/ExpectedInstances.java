// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.heartbeat.MembershipSettings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many instances of a kind have to serve, as every {@code --expect} is read. Stateless. */
final class ExpectedInstances {
  /** Kinds that our commands beat as. */
  private static final List<String> KINDS =
      List.of("consumer", "emitter", "model-server", "registry", "sink");

  /** A registry keeps no more members, so more would never serve. */
  private static final int COUNT_MAX = MembershipSettings.DEFAULT.memberCountMax();

  private ExpectedInstances() {}

  /** The counts of words {@code KIND=N}, by kind in alphabetical order. */
  static SortedMap<String, Integer> parse(List<String> words) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (String word : words) {
      String[] sides = word.split("=", 2);
      if (!KINDS.contains(sides[0])) {
        throw wrong(word, "KIND=N, KIND one of " + String.join(", ", KINDS));
      }
      if (counts.put(sides[0], count(word, sides)) != null) {
        throw wrong(word, "each kind once");
      }
    }
    return Collections.unmodifiableSortedMap(counts);
  }

  private static int count(String word, String[] sides) {
    String expected = "KIND=N, N in 1.." + COUNT_MAX;
    if (sides.length < 2) {
      throw wrong(word, expected);
    }
    try {
      int count = Integer.parseInt(sides[1]);
      if (count < 1 || count > COUNT_MAX) {
        throw wrong(word, expected);
      }
      return count;
    } catch (NumberFormatException e) {
      throw wrong(word, expected);
    }
  }

  private static SettingException wrong(String word, String expected) {
    return new SettingException("--expect: " + word + " (expected: " + expected + ")");
  }
}
