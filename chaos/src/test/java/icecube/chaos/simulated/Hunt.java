// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Looks for seeds that show a planted bug, to be kept in {@link RegressionSeedsTest}: {@code Hunt
 * <bug> <first seed> <seeds>}.
 */
final class Hunt {
  static final Map<String, Supplier<Variant>> BUGS =
      Map.of(
          "ids of parts believed", PlantedBugs::idsOfPartsBelieved,
          "lost lone claims count", PlantedBugs::lostLoneClaimsCount,
          "remainders forgotten", PlantedBugs::remaindersForgotten,
          "redrive leaves letters", PlantedBugs::redriveLeavesLetters,
          "none", () -> Variant.NONE);

  private Hunt() {}

  public static void main(String[] arguments) {
    Quiet.begin();
    Supplier<Variant> bug = BUGS.get(arguments[0]);
    if (bug == null) {
      throw new IllegalArgumentException("bug: " + arguments[0] + " (expected: " + BUGS + ")");
    }
    long first = Long.parseLong(arguments[1]);
    for (long seed = first; seed < first + Long.parseLong(arguments[2]); seed++) {
      try {
        Simulation.run(seed, bug.get());
      } catch (Violation e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
