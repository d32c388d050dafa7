// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long the registry believes, and how much it keeps.
 *
 * <p>The times come from a simulation of ten node-days on a busy host (1 % of beats lost, a pause
 * of 2 s every ten minutes): a lease of 3 s suspects falsely 58 times per node-day, of 10 s 1.2
 * times.
 *
 * @param suspectAfter without a beat for so long a member is SUSPECT: nothing new should go there
 * @param deadAfter the lease: without a beat for so long it is DEAD
 * @param forgetAfter a DEAD or LEFT member is kept so long, so that its late beats are known as
 *     late
 * @param sweepPeriod between two looks at the leases; a gap of more than two periods is the
 *     registry's own pause and is added to every lease
 * @param memberCountMax members kept; a beat of one more is refused
 * @param kindCountMax kinds kept; a beat of one more is refused
 * @param changeCountMax changes kept for watchers that resume
 * @param freezeWindow the time within which deaths count as one mass expiry
 * @param freezeShare more deaths of one kind within the window than this share of it ...
 * @param freezeCountMin ... and more than so many freeze the kind: its silent members stay SUSPECT
 * @param recoveryShare a frozen kind recovers while at least this share of those heard within the
 *     window beats ...
 * @param recoveryTime ... for so long without a break; then those still silent die
 * @param freezeTimeMax no freeze lasts longer, even if nobody of the kind ever beats again
 */
public record MembershipSettings(
    Duration suspectAfter,
    Duration deadAfter,
    Duration forgetAfter,
    Duration sweepPeriod,
    int memberCountMax,
    int kindCountMax,
    int changeCountMax,
    Duration freezeWindow,
    double freezeShare,
    int freezeCountMin,
    double recoveryShare,
    Duration recoveryTime,
    Duration freezeTimeMax) {

  /** The values of the design. */
  public static final MembershipSettings DEFAULT =
      new MembershipSettings(
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofMillis(500),
          1_024,
          64,
          4_096,
          Duration.ofSeconds(30),
          0.34,
          2,
          0.85,
          Duration.ofSeconds(60),
          Duration.ofMinutes(5));

  public MembershipSettings {
    checkPositive(sweepPeriod, "sweep-period");
    checkPositive(suspectAfter, "suspect-after");
    checkPositive(forgetAfter, "forget-after");
    checkPositive(freezeWindow, "freeze-window");
    checkPositive(recoveryTime, "recovery-time");
    checkPositive(freezeTimeMax, "freeze-time-max");
    requireNonNull(deadAfter, "dead-after");
    check(
        deadAfter.compareTo(suspectAfter) > 0,
        "dead-after",
        deadAfter,
        "> suspect-after " + suspectAfter);
    check(
        freezeWindow.compareTo(deadAfter) >= 0,
        "freeze-window",
        freezeWindow,
        ">= dead-after " + deadAfter);
    check(memberCountMax >= 1, "member-count-max", memberCountMax, ">= 1");
    check(kindCountMax >= 1, "kind-count-max", kindCountMax, ">= 1");
    check(changeCountMax >= 1, "change-count-max", changeCountMax, ">= 1");
    check(freezeShare > 0 && freezeShare <= 1, "freeze-share", freezeShare, "(0, 1]");
    check(freezeCountMin >= 0, "freeze-count-min", freezeCountMin, ">= 0");
    check(recoveryShare > 0 && recoveryShare <= 1, "recovery-share", recoveryShare, "(0, 1]");
  }

  private static void checkPositive(Duration value, String name) {
    requireNonNull(value, name);
    check(!value.isNegative() && !value.isZero(), name, value, "> PT0S");
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
