// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How good one model is.
 *
 * @param name of the model, as the person who asked calls it
 * @param source where its predictions stand; null for a line fit, which is computed here
 * @param errors of all events compared
 * @param difference to the reference on the same events; null for the reference itself
 * @param groups errors by energy, topology, zenith and pulses
 * @param errorHistogram events by error, in steps of 3 degrees from 0 to 180
 * @param precision how honest it is; null if it tells no precision at all
 */
public record ModelResult(
    String name,
    @Nullable Source source,
    ErrorSummary errors,
    @Nullable Difference difference,
    List<GroupRow> groups,
    List<Long> errorHistogram,
    @Nullable Precision precision) {
  /** Steps of the histogram. */
  static final int STEP_COUNT = 60;

  /**
   * Where predictions stand, and what does not fit the events.
   *
   * @param file as it was named
   * @param predictions in the file
   * @param unpredicted sound events with truth that the file lacks
   * @param foreign predictions of no such event
   */
  public record Source(String file, long predictions, long unpredicted, long foreign) {}

  public ModelResult {
    groups = List.copyOf(groups);
    errorHistogram = List.copyOf(errorHistogram);
  }

  /** Whether it is a line fit of icecube, for comparison. */
  boolean isLineFit() {
    return source == null;
  }

  /** The rows of one way to sort, in the order of its bins. */
  List<GroupRow> rowsBy(Binning binning) {
    return groups.stream().filter(row -> row.by().equals(binning.word())).toList();
  }
}
