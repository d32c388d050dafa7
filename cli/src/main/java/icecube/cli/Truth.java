// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The true directions of a data set, as far as it tells them, and the score of predictions against
 * them. Holds about 100 bytes an event; confined to one thread.
 */
final class Truth {
  private final Map<Long, Direction> directions = new HashMap<>();
  private double errorSumRad;
  private long scored;

  void put(long eventId, Direction direction) {
    directions.put(eventId, direction);
  }

  /** Scores one prediction by Kaggle's form of the angular error, if its truth is known. */
  void score(long eventId, double azimuthRad, double zenithRad) {
    Direction truth = directions.get(eventId);
    if (truth == null) {
      return;
    }
    errorSumRad +=
        AngularError.kaggleRad(truth.azimuthRad(), truth.zenithRad(), azimuthRad, zenithRad);
    scored++;
  }

  /** Mean error of all scored so far, rad; empty if none. */
  OptionalDouble meanErrorRad() {
    return scored == 0 ? OptionalDouble.empty() : OptionalDouble.of(errorSumRad / scored);
  }
}
