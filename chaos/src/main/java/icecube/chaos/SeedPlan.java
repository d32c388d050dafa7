// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that decides one run, but for chance outside.
 *
 * @param group for reports
 * @param seed of the schedule
 * @param kinds of faults that are thrown
 * @param fsync {@code always}, {@code everysec} or {@code no}
 * @param events simulated
 * @param window how long faults are thrown
 * @param drainMax how long after the last fault all has to be published
 * @param consumers processes
 * @param killerCount events whose handling kills the consumer
 */
record SeedPlan(
    String group,
    long seed,
    Set<FaultKind> kinds,
    String fsync,
    long events,
    Duration window,
    Duration drainMax,
    int consumers,
    int killerCount) {
  SeedPlan {
    requireNonNull(group, "group");
    kinds = Set.copyOf(kinds);
    requireNonNull(fsync, "fsync");
    requireNonNull(window, "window");
    requireNonNull(drainMax, "drainMax");
    check(
        Set.of("always", "everysec", "no").contains(fsync), "--fsync", fsync, "always|everysec|no");
    check(events >= 100 && events <= 10_000_000, "--events", events, "100..10000000");
    check(!window.isNegative() && window.toSeconds() <= 3_600, "--seconds", window, "0..3600");
    check(!drainMax.isNegative() && drainMax.toSeconds() <= 3_600, "--drain", drainMax, "0..3600");
    check(consumers >= 1 && consumers <= 16, "--consumers", consumers, "1..16");
    check(
        killerCount >= 0 && killerCount <= events / 100, "--killers", killerCount, "0..events/100");
  }

  /** What a person types to have it again. */
  String command() {
    List<String> words =
        new ArrayList<>(
            List.of(
                "chaos/run", "--group", group, "--seeds", Long.toString(seed), "--fsync", fsync));
    if (!kinds.isEmpty()) {
      words.add("--faults");
      words.add(
          Arrays.stream(FaultKind.values())
              .filter(kinds::contains)
              .map(FaultKind::code)
              .collect(Collectors.joining(",")));
    }
    words.addAll(
        List.of(
            "--events",
            Long.toString(events),
            "--seconds",
            Long.toString(window.toSeconds()),
            "--drain",
            Long.toString(drainMax.toSeconds()),
            "--consumers",
            Integer.toString(consumers)));
    if (killerCount > 0) {
      words.addAll(List.of("--killers", Integer.toString(killerCount)));
    }
    return String.join(" ", words);
  }

  /** A folder name. */
  String name() {
    return group + "-" + seed + "-" + fsync;
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
