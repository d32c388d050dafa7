// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * The lengths that events of a direction model are padded to, so that more of them run together.
 *
 * <p>Rungs begin at {@value #FIRST} rows and each is a fixed number of times the one before. An
 * event's rung is its own affair, so that its answer does not depend on its neighbours.
 *
 * <p>Immutable and thread-safe.
 */
final class RowLadder {
  /** Every length is its own: nothing is padded. */
  static final RowLadder EVERY = new RowLadder(new int[0]);

  /** The largest step that makes sense: beyond it half of the work is padding. */
  static final double STEP_MAX = 2;

  private static final int FIRST = 8;

  // By the rows of an event.
  private final int[] rungs;

  private RowLadder(int[] rungs) {
    this.rungs = rungs;
  }

  /**
   * Rungs up to {@code rowCountMax}, each about {@code step} times the one before.
   *
   * @throws IllegalArgumentException if {@code step} is not above 1 and at most {@link #STEP_MAX}
   */
  static RowLadder of(double step, int rowCountMax) {
    // Not "above", so that what is no number is refused.
    if (!(step > 1 && step <= STEP_MAX)) {
      throw new IllegalArgumentException(
          "row_count_step: " + step + " (expected: above 1, at most " + STEP_MAX + ")");
    }
    int[] rungs = new int[rowCountMax + 1];
    int rung = Math.min(FIRST, rowCountMax);
    for (int rows = 1; rows <= rowCountMax; rows++) {
      if (rows > rung) {
        rung = Math.min(rowCountMax, Math.max(rows, (int) (rung * step)));
      }
      rungs[rows] = rung;
    }
    return new RowLadder(rungs);
  }

  /** What an event of {@code rowCount} rows is padded to; 0 and what is above the limit stay. */
  int rung(int rowCount) {
    return rowCount < rungs.length ? rungs[rowCount] : rowCount;
  }
}
