// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a suite was asked to do.
 *
 * @param home the top folder of icecube
 * @param work where it writes
 * @param plans its seeds, in order
 * @param breakage what is spoiled in every seed after it has drained
 */
record ChaosArguments(Path home, Path work, List<SeedPlan> plans, Breakage breakage) {
  static final String USAGE =
      """
      usage: chaos/run [--suite short|full] or
             chaos/run [--group A|B|C|D|K] [--seeds 1-10] [--faults kc,km,...] [--fsync MODE]
                       [--events N] [--seconds S] [--drain S] [--consumers N] [--killers N]
                       [--break WHAT]
      groups: A kc,km,ke,stop,kr   B A and pl   C A and fo   D A and px,oom,full
              K 12 events that kill whoever handles them, and kc
      faults: kc km ke  kill -9 of consumer, model server, emitter   stop  a consumer, beyond its lease
              kr  kill -9 of Redis   pl  the same, and its log's end is lost   fo  fail-over
              px  cut and late replies   oom  memory full   full  backlog full
      --fsync always|everysec|no|both (both: odd seeds always, even ones everysec)
      --break lose|double|foreign|turn  spoils the log; the exit code is 0 only if that is found
      --drain S  seconds after the last fault by which all has to be published (10; not in K)
      --home DIR, --work DIR  top folder of icecube (.), where to write (target/chaos)
      """;

  private static final Set<FaultKind> KILLS =
      EnumSet.of(
          FaultKind.CONSUMER_KILL,
          FaultKind.SERVER_KILL,
          FaultKind.EMITTER_KILL,
          FaultKind.CONSUMER_STOP,
          FaultKind.REDIS_KILL);
  private static final int SEEDS_MAX = 10_000;
  private static final int KILLERS = 12;
  private static final int DRAIN_SECONDS = 10;
  private static final Set<String> KNOWN =
      Set.of(
          "--suite",
          "--group",
          "--seeds",
          "--faults",
          "--fsync",
          "--events",
          "--seconds",
          "--drain",
          "--consumers",
          "--killers",
          "--break",
          "--home",
          "--work");

  ChaosArguments {
    requireNonNull(home, "home");
    requireNonNull(work, "work");
    plans = List.copyOf(plans);
    requireNonNull(breakage, "breakage");
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is wrong; the message says where
   */
  static ChaosArguments parse(String... words) {
    Map<String, String> flags = new TreeMap<>();
    for (int i = 0; i < words.length; i += 2) {
      if (!KNOWN.contains(words[i])) {
        throw new IllegalArgumentException(
            words[i]
                + ": unknown (expected: one of "
                + String.join(" ", KNOWN.stream().sorted().toList())
                + ")");
      }
      if (i + 1 == words.length) {
        throw new IllegalArgumentException(words[i] + ": no value (expected: one)");
      }
      flags.put(words[i], words[i + 1]);
    }
    Path home = Path.of(flags.getOrDefault("--home", "."));
    Path work =
        flags.containsKey("--work")
            ? Path.of(flags.get("--work"))
            : home.resolve(Path.of("target", "chaos"));
    return new ChaosArguments(
        home,
        work,
        flags.containsKey("--suite") ? suite(flags.get("--suite")) : plans(flags),
        breakage(flags.getOrDefault("--break", "none")));
  }

  private static List<SeedPlan> suite(String name) {
    return switch (name) {
      case "short" -> {
        List<SeedPlan> plans = new ArrayList<>();
        // Of machines that others use, too, only progress can be asked, not speed.
        for (String seed : List.of("A 1", "B 2", "C 3")) {
          String[] words = seed.split(" ", -1);
          plans.addAll(
              plans(
                  "--group",
                  words[0],
                  "--seeds",
                  words[1],
                  "--events",
                  "20000",
                  "--seconds",
                  "12",
                  "--drain",
                  "60"));
        }
        yield plans;
      }
      case "full" -> {
        List<SeedPlan> plans = new ArrayList<>();
        plans.addAll(plans("--group", "A", "--seeds", "1-10"));
        plans.addAll(plans("--group", "B", "--seeds", "1-10"));
        plans.addAll(plans("--group", "C", "--seeds", "1-10"));
        plans.addAll(plans("--group", "D", "--seeds", "1-3"));
        plans.addAll(plans("--group", "K", "--seeds", "1-3"));
        yield plans;
      }
      default ->
          throw new IllegalArgumentException("--suite: " + name + " (expected: short or full)");
    };
  }

  private static List<SeedPlan> plans(String... words) {
    return parse(words).plans();
  }

  private static List<SeedPlan> plans(Map<String, String> flags) {
    String group = flags.getOrDefault("--group", "A");
    boolean hasKillers = group.equals("K");
    Set<FaultKind> kinds =
        flags.containsKey("--faults") ? FaultKind.parse(flags.get("--faults")) : kindsOf(group);
    String fsync = flags.getOrDefault("--fsync", group.equals("B") ? "both" : "always");
    List<SeedPlan> plans = new ArrayList<>();
    for (long seed : seeds(flags.getOrDefault("--seeds", "1"))) {
      plans.add(
          new SeedPlan(
              group,
              seed,
              kinds,
              fsync.equals("both") ? (seed % 2 == 1 ? "always" : "everysec") : fsync,
              number(flags, "--events", hasKillers ? 36_000 : 60_000),
              Duration.ofSeconds(number(flags, "--seconds", 20)),
              Duration.ofSeconds(number(flags, "--drain", DRAIN_SECONDS)),
              (int) number(flags, "--consumers", hasKillers ? 3 : 2),
              (int) number(flags, "--killers", hasKillers ? KILLERS : 0)));
    }
    return plans;
  }

  private static Set<FaultKind> kindsOf(String group) {
    Set<FaultKind> kinds = EnumSet.copyOf(KILLS);
    switch (group) {
      case "A" -> {}
      case "B" -> kinds.add(FaultKind.LOG_TAIL_LOST);
      case "C" -> kinds.add(FaultKind.FAIL_OVER);
      case "D" ->
          kinds.addAll(
              EnumSet.of(FaultKind.LINK_TROUBLE, FaultKind.MEMORY_FULL, FaultKind.BACKLOG_FULL));
      case "K" -> kinds = EnumSet.of(FaultKind.CONSUMER_KILL);
      default ->
          throw new IllegalArgumentException("--group: " + group + " (expected: A, B, C, D or K)");
    }
    return kinds;
  }

  private static List<Long> seeds(String text) {
    List<Long> seeds = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      long first = number("--seeds", ends[0]);
      long last = ends.length == 1 ? first : number("--seeds", ends[1]);
      if (ends.length > 2 || last < first || last - first >= SEEDS_MAX) {
        throw new IllegalArgumentException("--seeds: " + text + " (expected: as 1-10 or 3,7)");
      }
      for (long seed = first; seed <= last; seed++) {
        seeds.add(seed);
      }
    }
    return seeds;
  }

  private static Breakage breakage(String text) {
    try {
      return Breakage.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--break: " + text + " (expected: lose, double, foreign or turn)", e);
    }
  }

  private static long number(Map<String, String> flags, String name, long fallback) {
    String text = flags.get(name);
    return text == null ? fallback : number(name, text);
  }

  private static long number(String name, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + text + " (expected: a number)", e);
    }
  }
}
