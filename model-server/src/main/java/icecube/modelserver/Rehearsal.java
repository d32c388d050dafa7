// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.util.Collections;

/**
 * The trial that a direction model passes before it may be asked: it answers an upward muon of
 * every length, alone and in a full batch, with finite numbers.
 *
 * <p>Lengths are the powers of two up to the model's limit, and the limit. So no caller pays for
 * the first run of a length, for which the runtime plans and its arena grows, and a graph whose
 * weights are broken in a way that no checksum tells (exported from a run that diverged) is found
 * out.
 */
final class Rehearsal {
  private static final int STRING = 35;
  private static final int SENSORS_ON_STRING = 60;
  private static final float NANOS_PER_SENSOR = 57f; // 17 m at the speed of light

  private Rehearsal() {}

  /**
   * Runs all lengths.
   *
   * @throws PredictorException if an answer is not finite, or the model cannot be run
   */
  static void of(Predictor predictor) {
    for (int rows = 1; rows < predictor.rowCountMax(); rows *= 2) {
      rehearse(predictor, rows);
    }
    rehearse(predictor, predictor.rowCountMax());
  }

  private static void rehearse(Predictor predictor, int rows) {
    int together =
        Math.max(1, Math.min(MicroBatches.ITEM_COUNT_MAX, MicroBatches.ROW_COUNT_MAX / rows));
    requireFinite(predictor, table(rows, 1));
    if (together > 1) {
      requireFinite(predictor, table(rows, together));
    }
  }

  private static FeatureTable table(int rows, int events) {
    var geometry = IceCube86.geometry();
    return new FeatureBuilder(geometry, rows).build(Collections.nCopies(events, muon(rows)));
  }

  /** Up along one string, again and again, as more pulses are wanted than it has sensors. */
  private static Event muon(int pulses) {
    int[] sensorId = new int[pulses];
    float[] timeNs = new float[pulses];
    float[] chargePe = new float[pulses];
    int pulsesPerSensor = 1 + (pulses - 1) / SENSORS_ON_STRING;
    for (int pulse = 0; pulse < pulses; pulse++) {
      int step = pulse / pulsesPerSensor;
      sensorId[pulse] = STRING * SENSORS_ON_STRING + SENSORS_ON_STRING - 1 - step;
      timeNs[pulse] = 9_000 + step * NANOS_PER_SENSOR + pulse % pulsesPerSensor;
      chargePe[pulse] = 1 + pulse % 3;
    }
    return new Event(0, PulseSeries.of(sensorId, timeNs, chargePe, new boolean[pulses]));
  }

  private static void requireFinite(Predictor predictor, FeatureTable table) {
    var answers = predictor.predict(table);
    for (int event = 0; event < table.eventCount(); event++) {
      double sum = answers.x(event) + answers.y(event) + answers.z(event);
      if (!Double.isFinite(sum)) {
        throw wrong("direction", sum, table);
      }
      double kappa = answers.kappa(event).orElse(0);
      if (!Double.isFinite(kappa)) {
        throw wrong("kappa", kappa, table);
      }
    }
  }

  private static PredictorException wrong(String what, double value, FeatureTable table) {
    return new PredictorException(
        "%s: %s for a sound event of %d rows (expected: finite); train or export the model again"
            .formatted(what, value, table.rowCount(0)));
  }
}
