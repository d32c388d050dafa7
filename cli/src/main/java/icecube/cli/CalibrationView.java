// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import icecube.simulator.Calibration;
import icecube.simulator.CalibrationRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A calibration as {@code simulate --calibration --json} prints it.
 *
 * @param events events that were compared
 * @param seed their seed
 * @param holds whether every limit is kept
 * @param rows the numbers
 */
@JsonPropertyOrder({"events", "seed", "holds", "rows"})
record CalibrationView(long events, long seed, boolean holds, List<Row> rows) {
  /**
   * One number; a row that is only watched has no limits.
   *
   * @param quantity what it is, with its unit
   * @param published of recorded events
   * @param simulated of ours
   * @param ratio ours over the published
   * @param low the least it may be
   * @param high the most it may be
   * @param holds whether it keeps its limits
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"quantity", "published", "simulated", "ratio", "low", "high", "holds"})
  record Row(
      String quantity,
      double published,
      double simulated,
      double ratio,
      @Nullable Double low,
      @Nullable Double high,
      boolean holds) {
    private static Row of(CalibrationRow row) {
      return new Row(
          row.quantity(),
          row.published(),
          row.simulated(),
          row.ratio(),
          row.low(),
          row.high(),
          row.holds());
    }
  }

  static CalibrationView of(Calibration calibration) {
    return new CalibrationView(
        calibration.events(),
        calibration.seed(),
        calibration.holds(),
        calibration.rows().stream().map(Row::of).toList());
  }
}
