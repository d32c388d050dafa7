// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a model's answers when events are disturbed.
 *
 * @param model who answered
 * @param events disturbed
 * @param seed of the disturbances
 * @param rows the undisturbed events, then one row for each disturbance, none left out
 */
public record RobustnessTable(String model, long events, long seed, List<Row> rows) {
  /**
   * One disturbance.
   *
   * @param perturbation what was done
   * @param lost events that became unsound, so that there is no answer: not in the numbers beside
   * @param unanswered events that got no direction: in the numbers as {@link
   *     icecube.physics.Direction#NO_DIRECTION}
   * @param errors of all that were not lost
   * @param difference to the undisturbed answers on the same events; null for those themselves
   */
  public record Row(
      String perturbation,
      long lost,
      long unanswered,
      ErrorSummary errors,
      @Nullable Difference difference) {}

  public RobustnessTable {
    rows = List.copyOf(rows);
  }
}
