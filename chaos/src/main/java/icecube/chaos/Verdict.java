// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came out, event by event, held against what should have.
 *
 * @param lost events that did not come out
 * @param doubled events that came out more than once
 * @param foreign events that came out and never went in
 * @param wrongDead events dead-lettered that are harmless
 * @param wrongAlive events that should be dead-lettered, as {@code CRASH_LOOP}, and are not
 * @param otherDirection events with another direction than in the undisturbed run
 */
record Verdict(
    Set<Long> lost,
    Set<Long> doubled,
    Set<Long> foreign,
    Set<Long> wrongDead,
    Set<Long> wrongAlive,
    Set<Long> otherDirection) {
  private static final int NAMED_MAX = 10;

  Verdict {
    lost = Set.copyOf(lost);
    doubled = Set.copyOf(doubled);
    foreign = Set.copyOf(foreign);
    wrongDead = Set.copyOf(wrongDead);
    wrongAlive = Set.copyOf(wrongAlive);
    otherDirection = Set.copyOf(otherDirection);
  }

  /**
   * Holds it against the undisturbed run.
   *
   * @param expected event id → direction, of every event that went in
   * @param killers the events among them that have to end as dead letters
   */
  static Verdict of(
      Published published, Map<Long, Reference.Direction> expected, Set<Long> killers) {
    Set<Long> lost = new TreeSet<>();
    Set<Long> doubled = new TreeSet<>();
    Set<Long> wrongAlive = new TreeSet<>();
    for (long id : expected.keySet()) {
      int count = published.count(id);
      if (count == 0) {
        lost.add(id);
      }
      if (count > 1) {
        doubled.add(id);
      }
      boolean isCrashLoop =
          published
              .deadLetters()
              .getOrDefault(id, List.of())
              .equals(List.of(Reason.REASON_CRASH_LOOP));
      if (killers.contains(id) && !isCrashLoop) {
        wrongAlive.add(id);
      }
    }
    Set<Long> foreign =
        Stream.concat(
                published.predictions().keySet().stream(),
                published.deadLetters().keySet().stream())
            .filter(id -> !expected.containsKey(id))
            .collect(Collectors.toSet());
    Set<Long> wrongDead =
        published.deadLetters().keySet().stream()
            .filter(id -> !killers.contains(id))
            .collect(Collectors.toSet());
    Set<Long> other =
        published.predictions().entrySet().stream()
            .filter(each -> expected.containsKey(each.getKey()))
            .filter(
                each ->
                    each.getValue().stream()
                        .anyMatch(direction -> !direction.equals(expected.get(each.getKey()))))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return new Verdict(lost, doubled, foreign, wrongDead, wrongAlive, other);
  }

  /** What is wrong, in words; empty if nothing is. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    add(violations, "lost", lost);
    add(violations, "doubled", doubled);
    add(violations, "foreign", foreign);
    add(violations, "wrongly dead-lettered", wrongDead);
    add(violations, "not dead-lettered as CRASH_LOOP", wrongAlive);
    add(violations, "another direction", otherDirection);
    return violations;
  }

  private static void add(List<String> violations, String what, Set<Long> ids) {
    if (!ids.isEmpty()) {
      violations.add(
          "%s: %d (expected: 0), ids %s%s"
              .formatted(
                  what,
                  ids.size(),
                  ids.stream().sorted().limit(NAMED_MAX).toList(),
                  ids.size() > NAMED_MAX ? " …" : ""));
    }
  }
}
