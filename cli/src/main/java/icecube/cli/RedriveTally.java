// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of the dead letters that a redrive has looked at. Confined to one thread. */
final class RedriveTally {
  /** Why a letter was not sent round by us. */
  enum Stayed {
    NOT_CHOSEN("stayed: not chosen"),
    COPY("stayed: copies of an event that went its own way, never sent round"),
    WITHOUT_EVENT("stayed: without their event, or with another's"),
    UNREADABLE("stayed: in letters that this version cannot read"),
    UNANSWERED("asked to go round, and no answer came: gone or not; run it again"),
    GONE("sent round or trimmed by somebody else meanwhile");

    private final String words;

    Stayed(String words) {
      this.words = words;
    }
  }

  private final boolean isDryRun;
  private final Map<String, Long> roundAgain = new TreeMap<>();
  private final Map<String, Map<Stayed, Long>> stayed = new TreeMap<>();

  RedriveTally(boolean isDryRun) {
    this.isDryRun = isDryRun;
  }

  void wentRound(Reason reason, long events) {
    roundAgain.merge(Reasons.nameOf(reason), events, Long::sum);
  }

  void stayed(Reason reason, Stayed why, long events) {
    stayed
        .computeIfAbsent(Reasons.nameOf(reason), name -> new TreeMap<>())
        .merge(why, events, Long::sum);
  }

  /** Whether nothing was sent: it only says what would be. */
  public boolean isDryRun() {
    return isDryRun;
  }

  /** Events by reason. */
  public Map<String, Long> roundAgain() {
    return roundAgain;
  }

  /** Events by reason and by why. */
  public Map<String, Map<Stayed, Long>> stayed() {
    return stayed;
  }

  long roundAgainCount() {
    return sum(roundAgain);
  }

  long stayedCount() {
    return stayed.values().stream().mapToLong(RedriveTally::sum).sum();
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What {@code --json} prints. */
  record Report(
      boolean dryRun,
      long roundAgain,
      long stayed,
      Map<String, Long> roundAgainByReason,
      Map<String, Map<Stayed, Long>> stayedByReason) {}

  Report report() {
    return new Report(isDryRun, roundAgainCount(), stayedCount(), roundAgain, stayed);
  }

  /** One line per reason and fate; ends with a line end. */
  String toTable() {
    List<String> lines = new ArrayList<>();
    String goes = isDryRun ? "would go round again" : "round again";
    roundAgain.forEach((reason, events) -> lines.add(line(reason, events, goes)));
    stayed.forEach(
        (reason, fates) ->
            fates.forEach((why, events) -> lines.add(line(reason, events, why.words))));
    lines.add(line("all", roundAgainCount(), goes));
    lines.add(line("", stayedCount(), "stayed"));
    return String.join("\n", lines) + "\n";
  }

  private static String line(String reason, long events, String fate) {
    return String.format(Locale.ROOT, "%-28s%,12d  %s", reason, events, fate);
  }
}
