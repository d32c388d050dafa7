// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.UnsafeByteOperations;
import icecube.physics.FeatureTable;
import icecube.physics.Quality;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonException;
import icecube.v1.EventResult;
import icecube.v1.FeatureBatch;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bridge between tensors and directions: {@code features} [B, L, 6] with {@code lengths} [B]
 * become a ragged batch of events, and their predictions become {@code direction} [B, 3] and {@code
 * kappa} [B].
 *
 * <p>A padded batch is trimmed back to its ragged form here, as padding is most of the cost of a
 * run. Stateless and thread-safe.
 */
final class OipDirections {
  static final String FEATURES = OnnxSignature.FEATURES;
  static final String LENGTHS = OnnxSignature.LENGTHS;
  static final String DIRECTION = OnnxSignature.DIRECTION;
  static final String KAPPA = OnnxSignature.KAPPA;

  private static final Set<String> INPUTS = Set.of(FEATURES, LENGTHS);
  private static final int COLUMNS = FeatureTable.COLUMN_COUNT;

  private OipDirections() {}

  /**
   * The events in the tensors of a request.
   *
   * @param rowCountMax most rows of one event the model reads
   * @throws ReasonException {@code TENSORS_INVALID} if they are not {@code features} and {@code
   *     lengths}, or do not fit each other
   */
  static FeatureBatch events(Map<String, OipTensor> tensors, int rowCountMax) {
    var features = tensors.get(FEATURES);
    var lengths = tensors.get(LENGTHS);
    if (features == null || lengths == null || tensors.size() != INPUTS.size()) {
      throw invalid(
          "inputs: %s (expected: [features, lengths])",
          tensors.keySet().stream().map(OipText::quote).toList());
    }
    require(features, OipDatatype.FP32, 3, "[-1, -1, 6]");
    if (features.dim(2) != COLUMNS) {
      throw invalid("inputs[features].shape: %s (expected: [-1, -1, 6])", features.shapeText());
    }
    require(lengths, OipDatatype.INT64, 1, "[-1]");
    if (lengths.dim(0) != features.dim(0)) {
      throw invalid(
          "inputs[lengths].shape: %s (expected: [%d], as many as features)",
          lengths.shapeText(), features.dim(0));
    }
    return ragged(features, lengths, rowCountMax);
  }

  private static FeatureBatch ragged(OipTensor features, OipTensor lengths, int rowCountMax) {
    int events = lengths.elementCount();
    if (events > Admission.REQUEST_EVENTS_MAX) {
      throw new ReasonException(
          Reason.REASON_REQUEST_TOO_LARGE,
          "inputs[lengths].shape: [%d] (expected: [1..%d]); send several requests"
              .formatted(events, Admission.REQUEST_EVENTS_MAX));
    }
    int padded = (int) features.dim(1);
    var batch = FeatureBatch.newBuilder().setFeatureVersion(FeatureTable.VERSION);
    int rows = 0;
    for (int event = 0; event < events; event++) {
      long length = lengths.integer(event);
      if (length < 0 || length > Math.min(padded, rowCountMax)) {
        throw invalid(
            "inputs[lengths][%d]: %d (expected: 0..%d, rows of features that the model reads)",
            event, length, Math.min(padded, rowCountMax));
      }
      batch
          .addEventId(event)
          .addRowCount((int) length)
          .addPulsesSeen((int) length)
          .addQualityBits(0);
      rows += (int) length;
    }
    byte[] bytes = new byte[rows * COLUMNS * Float.BYTES];
    var target = ByteBuffer.wrap(bytes);
    for (int event = 0; event < events; event++) {
      features.write(event * padded * COLUMNS, batch.getRowCount(event) * COLUMNS, target);
    }
    // Safe: nobody else holds the array.
    return batch.setRows(UnsafeByteOperations.unsafeWrap(bytes)).build();
  }

  private static void require(OipTensor tensor, OipDatatype type, int rank, String shape) {
    if (tensor.datatype() != type) {
      throw invalid(
          "inputs[%s].datatype: %s (expected: %s)", tensor.name(), tensor.datatype(), type);
    }
    if (tensor.rank() != rank) {
      throw invalid(
          "inputs[%s].shape: %s (expected: %s)", tensor.name(), tensor.shapeText(), shape);
    }
  }

  /**
   * The names of the outputs to answer with.
   *
   * @param wanted by the request; none means all
   * @param hasKappa whether the model says a concentration
   * @throws ReasonException {@code TENSORS_INVALID} if one is not the model's
   */
  static List<String> outputs(Set<String> wanted, boolean hasKappa) {
    var all = hasKappa ? List.of(DIRECTION, KAPPA) : List.of(DIRECTION);
    for (String name : wanted) {
      if (!all.contains(name)) {
        throw invalid("outputs[%s]: unknown (expected: one of %s)", OipText.quote(name), all);
      }
    }
    return wanted.isEmpty() ? all : List.copyOf(wanted);
  }

  /**
   * Adds the tensors of an answer to {@code response}. An event without a direction has the zero
   * vector; one whose answer was no direction at all has NaN.
   */
  static void addOutputs(
      ModelInferResponse.Builder response, PredictResponse answer, List<String> outputs) {
    int events = answer.getResultsCount();
    for (String name : outputs) {
      if (name.equals(KAPPA)) {
        byte[] kappa = new byte[events * Float.BYTES];
        var target = ByteBuffer.wrap(kappa).order(ByteOrder.LITTLE_ENDIAN);
        answer.getResultsList().forEach(result -> target.putFloat(kappaOf(result)));
        OipOutputs.add(response, KAPPA, OipDatatype.FP32, new long[] {events}, kappa);
      } else {
        byte[] direction = new byte[events * 3 * Float.BYTES];
        var target = ByteBuffer.wrap(direction).order(ByteOrder.LITTLE_ENDIAN);
        answer.getResultsList().forEach(result -> putDirection(result, target));
        OipOutputs.add(response, DIRECTION, OipDatatype.FP32, new long[] {events, 3}, direction);
      }
    }
  }

  private static float kappaOf(EventResult result) {
    if (!result.hasPrediction()) {
      return Float.NaN;
    }
    return (float) result.getPrediction().getKappa();
  }

  private static void putDirection(EventResult result, ByteBuffer target) {
    if (!result.hasPrediction()) {
      target.putFloat(Float.NaN).putFloat(Float.NaN).putFloat(Float.NaN);
    } else if (hasNoDirection(result.getPrediction())) {
      target.putFloat(0).putFloat(0).putFloat(0);
    } else {
      var prediction = result.getPrediction();
      target
          .putFloat((float) prediction.getX())
          .putFloat((float) prediction.getY())
          .putFloat((float) prediction.getZ());
    }
  }

  private static boolean hasNoDirection(Prediction prediction) {
    return prediction.getQualityList().contains(PredictionCodec.encode(Quality.NO_DIRECTION));
  }

  @FormatMethod
  private static ReasonException invalid(String format, Object... arguments) {
    return new ReasonException(Reason.REASON_TENSORS_INVALID, format.formatted(arguments));
  }
}
