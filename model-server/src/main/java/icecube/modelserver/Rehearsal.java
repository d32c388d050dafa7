// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The trial that a model passes before it may be asked. A direction model answers an upward muon of
 * every length, alone and in a full batch, with finite numbers; another model answers zeros, unless
 * it has an axis of which nobody says how long it may be.
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
   * Runs all lengths, or a full batch where there is one length only.
   *
   * @throws PredictorException if an answer is not finite, or the model cannot be run
   */
  static void of(InferenceModel model) {
    if (model.signature().hasOpenAxis()) {
      return;
    }
    for (int rows = 1; rows < model.rowCountMax(); rows *= 2) {
      rehearse(model, rows);
    }
    rehearse(model, model.rowCountMax());
  }

  private static void rehearse(InferenceModel model, int rows) {
    boolean isOfDirections = model.signature().isOfDirections();
    int together = 1;
    for (int turn = 0; turn < 2; turn++) {
      if (isOfDirections) {
        requireFinite(model, table(rows, together));
        together = new DirectionTask(table(rows, 1)).companyMax(0);
      } else {
        var task = zeros(model.signature(), rows, together);
        MicroBatches.runAll(model, task);
        together = task.companyMax(0);
      }
    }
  }

  /** Zeros of a shape that a model of {@code signature} reads, all of them rows that count. */
  private static TensorTask zeros(ModelSignature signature, int rows, int items) {
    var inputs = new ArrayList<OipTensor>();
    for (int input = 0; input < signature.inputs().size(); input++) {
      var spec = signature.inputs().get(input);
      long[] shape = spec.dims().stream().mapToLong(Long::longValue).toArray();
      if (signature.isBatched()) {
        shape[0] = items;
      }
      if (spec.isRagged()) {
        shape[spec.raggedAxis()] = rows;
      }
      int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
      int size = spec.datatype().sizeBytes();
      var bytes = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
      int value = input == signature.lengths() ? rows : input == signature.mask() ? 1 : 0;
      for (int at = 0; value != 0 && at < bytes.capacity(); at += size) {
        bytes.put(at, (byte) value);
        if (size > 1) {
          bytes.putShort(at, (short) value);
        }
      }
      var content = ByteString.copyFrom(bytes);
      inputs.add(OipTensor.raw(spec.name(), spec.datatype(), shape, count, content));
    }
    int[] rowCounts = new int[signature.isBatched() ? items : 1];
    Arrays.fill(rowCounts, signature.isRagged() ? rows : 1);
    return new TensorTask(signature, inputs, rowCounts, List.of());
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

  private static void requireFinite(InferenceModel model, FeatureTable table) {
    var answers = DirectionTask.ask(model, table);
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
