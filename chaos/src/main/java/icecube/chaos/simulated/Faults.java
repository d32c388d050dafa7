// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

/**
 * What happens to each command on its way to the log and back. Confined to one thread.
 *
 * <p>Nothing goes wrong any more once {@link #end} was called; what was delayed before is still
 * executed by the time it says.
 */
final class Faults {
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long LATE_NANOS_MAX = 4 * SECOND_NANOS;

  /** After the end, what is delayed arrives within this time. */
  private static final long LATE_AFTER_END_NANOS = SECOND_NANOS / 2;

  private final Dice dice;
  private final Scheduler scheduler;
  private final Scenario scenario;
  private boolean isOver;

  /** What becomes of one command. */
  enum Fate {
    /** Executed and answered. */
    DONE,
    /** Executed and answered, while others do something in between. */
    SLOW,
    /** Lost on the way there. */
    DROPPED,
    /** Executed, but the answer is lost. */
    UNANSWERED,
    /** Executed and answered, and executed again later. */
    REPEATED,
    /** Executed when the caller has long given up. */
    LATE,
    /** The caller dies before it is sent. */
    CRASH_BEFORE,
    /** Executed; the caller dies before it is answered. */
    CRASH_AFTER
  }

  Faults(Dice dice, Scheduler scheduler, Scenario scenario) {
    this.dice = dice;
    this.scheduler = scheduler;
    this.scenario = scenario;
  }

  /** From now on all goes well. */
  void end() {
    isOver = true;
  }

  boolean isOver() {
    return isOver;
  }

  /** When the last of what was delayed is executed at the latest, ns. */
  long settledNanos() {
    return scenario.faultNanos() + LATE_AFTER_END_NANOS;
  }

  Fate next() {
    if (isOver || !dice.happens(scenario.commandFaults())) {
      return dice.happens(0.3) ? Fate.SLOW : Fate.DONE;
    }
    int kind = dice.between(0, 99);
    if (kind < 25) {
      return Fate.DROPPED;
    }
    if (kind < 55) {
      return Fate.UNANSWERED;
    }
    if (kind < 70) {
      return Fate.REPEATED;
    }
    if (kind < 92) {
      return Fate.LATE;
    }
    return kind < 96 ? Fate.CRASH_BEFORE : Fate.CRASH_AFTER;
  }

  /** Whether chance kills a consumer that has just been left alone with a suspect. */
  boolean killsTheLone() {
    return !isOver && scenario.loneKills() > 0 && dice.happens(scenario.loneKills());
  }

  /** Whether a model server does something wrong with a request. */
  boolean strikesServer() {
    return !isOver && dice.happens(scenario.serverFaults());
  }

  /** How long a command or an answer is on its way, ns. */
  long latencyNanos() {
    return dice.happens(isOver ? 0.0 : 0.02)
        ? dice.nanosBetween(10_000_000, 300_000_000)
        : dice.nanosBetween(50_000, 1_500_000);
  }

  /** How long a command is held up somewhere, ns. */
  long lateNanos() {
    long latest = Math.min(LATE_NANOS_MAX, settledNanos() - scheduler.nowNanos());
    return dice.nanosBetween(1_000_000, Math.max(2_000_000, latest));
  }
}
