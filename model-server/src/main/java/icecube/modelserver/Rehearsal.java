// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.proto.ReasonException;
import inference.ModelInferResponse;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trial that a model passes before it may be asked. A direction model answers an upward muon of
 * every length, alone and in a full batch, with finite numbers; another model answers zeros, unless
 * it has an axis of which nobody says how long it may be.
 *
 * <p>Lengths are the powers of two up to the model's limit, and the limit, or what the model pads
 * them to. So hardly a caller pays for an arena that grows, and a graph whose weights are broken in
 * a way that no checksum tells (exported from a run that diverged) is found out. After each run it
 * rests for as long, at most 0.1 s, so that a model which answers meanwhile keeps its processors.
 */
final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
  private static final int ROWS_OF_TRIAL = 3;
  private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  /** How far an answer may move with its company: the last digits of float32, and some. */
  static final double TOLERANCE = 1e-3;

  /** The same where numbers are rounded to a scale that a whole batch shares. */
  static final double TOLERANCE_QUANTIZED = 0.1;

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
      long begin = System.nanoTime();
      if (isOfDirections) {
        requireFinite(model, table(rows, together));
        together =
            model.batchScale() * new DirectionTask(table(rows, 1), model.rowLadder()).companyMax(0);
      } else {
        var task = TrialTensors.of(model.signature(), rows, new int[together]);
        MicroBatches.runAll(model, task);
        together = model.batchScale() * task.companyMax(0);
      }
      LockSupport.parkNanos(Math.min(REST_NANOS_MAX, System.nanoTime() - begin));
    }
  }

  /**
   * Whether items of {@code model} are answered the same alone as beside others, as far as two of
   * them show; empty if they cannot be run.
   *
   * @param tolerance by how much, of 1 and its own size, a number may differ
   */
  static Optional<Boolean> isBatchAxisFirst(InferenceModel model, double tolerance) {
    int rows = Math.min(ROWS_OF_TRIAL, model.rowCountMax());
    try {
      var both = outputs(model, rows, 1, 2);
      var first = outputs(model, rows, 1);
      var second = outputs(model, rows, 2);
      for (int output = 0; output < both.getOutputsCount(); output++) {
        var alone = first.getRawOutputContents(output).concat(second.getRawOutputContents(output));
        var datatype = model.signature().outputs().get(output).datatype();
        if (!isClose(datatype, alone, both.getRawOutputContents(output), tolerance)) {
          return Optional.of(false);
        }
      }
      return Optional.of(true);
    } catch (PredictorException | ReasonException e) {
      LOG.atDebug().setCause(e).log("the first axis of a model could not be tried");
      return Optional.empty();
    }
  }

  private static ModelInferResponse outputs(InferenceModel model, int rows, int... seeds) {
    var task = TrialTensors.of(model.signature(), rows, seeds);
    task.begin();
    MicroBatches.runAll(model, task);
    var response = ModelInferResponse.newBuilder();
    task.addOutputs(response);
    return response.build();
  }

  private static boolean isClose(
      OipDatatype datatype, ByteString one, ByteString other, double tolerance) {
    if (one.size() != other.size()) {
      return false;
    }
    var a = one.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    var b = other.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    while (a.hasRemaining()) {
      boolean isClose =
          switch (datatype) {
            case FP32 -> isClose(a.getFloat(), b.getFloat(), tolerance);
            case FP64 -> isClose(a.getDouble(), b.getDouble(), tolerance);
            // Half a precision's last digit is as coarse as the tolerance.
            case FP16, BF16 -> Math.abs(a.getShort() - b.getShort()) <= 8;
            default -> a.get() == b.get();
          };
      if (!isClose) {
        return false;
      }
    }
    return true;
  }

  private static boolean isClose(double a, double b, double tolerance) {
    return Double.compare(a, b) == 0 || Math.abs(a - b) <= tolerance * (1 + Math.abs(a));
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
