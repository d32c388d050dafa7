// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one seed did and what came of it.
 *
 * @param group whose rules it followed
 * @param seed of its schedule
 * @param fsync of Redis' append-only file
 * @param events that went in
 * @param thrown faults of each kind
 * @param consumerDeaths how often a consumer ended that nobody had killed
 * @param redisKills how often a primary was killed
 * @param bytesLost of Redis' log
 * @param backlogMax entries of the fullest partition at any time it was looked at
 * @param lost events
 * @param doubled events
 * @param wrongDead events dead-lettered that are harmless
 * @param dead events dead-lettered that had to be
 * @param redriven those among them that were predicted after the cause was mended
 * @param drainSeconds from the last fault until all was published
 * @param violations what was not as promised, in words
 */
record SeedReport(
    String group,
    long seed,
    String fsync,
    long events,
    Map<FaultKind, Integer> thrown,
    int consumerDeaths,
    int redisKills,
    long bytesLost,
    long backlogMax,
    int lost,
    int doubled,
    int wrongDead,
    int dead,
    int redriven,
    double drainSeconds,
    List<String> violations) {
  SeedReport {
    requireNonNull(group, "group");
    requireNonNull(fsync, "fsync");
    thrown = Map.copyOf(thrown);
    violations = List.copyOf(violations);
  }

  boolean isClean() {
    return violations.isEmpty();
  }

  int faults() {
    return thrown.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One line; below it what is wrong, a line each. */
  String toLine() {
    String line =
        String.format(
            Locale.ROOT,
            "%s seed %d fsync %s: %,d events, faults %s, redis killed %d, log lost %,d B,"
                + " backlog <= %d, lost %d, doubled %d, wrong dead %d, dead %d,"
                + " redriven %d, drained %.1f s: %s",
            group,
            seed,
            fsync,
            events,
            faultsByKind(),
            redisKills,
            bytesLost,
            backlogMax,
            lost,
            doubled,
            wrongDead,
            dead,
            redriven,
            drainSeconds,
            isClean() ? "ok" : "VIOLATED");
    return line + violations.stream().map(each -> "\n  " + each).collect(Collectors.joining());
  }

  private String faultsByKind() {
    String kinds =
        Arrays.stream(FaultKind.values())
            .filter(thrown::containsKey)
            .map(kind -> kind.code() + " " + thrown.get(kind))
            .collect(Collectors.joining(" "));
    return consumerDeaths == 0 ? kinds : kinds + " own ends " + consumerDeaths;
  }
}
