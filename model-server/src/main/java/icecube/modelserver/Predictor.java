// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;

/**
 * What turns features into directions: code of ours or a graph.
 *
 * <p>Thread-safe: any number of workers may ask at once. The answer to an event does not depend on
 * its neighbours in the table. The owner closes it once nobody asks any more.
 */
interface Predictor extends AutoCloseable {
  /**
   * One answer for every event of {@code table}, in its order; an event without rows gets none.
   *
   * @throws PredictorException if the model cannot be run; never for what stands in the table
   */
  Answers predict(FeatureTable table);

  /** The most rows of one event it reads; the caller leaves out further ones. */
  int rowCountMax();

  /** How often the model itself has run for callers; a run may take many events at once. */
  long runCount();

  /** Whether it also says a concentration. */
  default boolean hasKappa() {
    return false;
  }

  @Override
  void close();
}
