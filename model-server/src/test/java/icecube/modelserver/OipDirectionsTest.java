// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.FeatureBatch;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import icecube.v1.Reason;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Between tensors and events: what goes in, and what comes out. */
final class OipDirectionsTest {
  private static final int ROWS_MAX = 768;

  @Test
  void aPaddedBatchIsTrimmedBackToTheRaggedOneItWas() {
    var table = Samples.table(new SplittableRandom(31), 20);

    var batch = events(OipSamples.padded(table), ROWS_MAX);

    var back = FeatureCodec.decode(batch);
    assertThat(back.eventCount()).isEqualTo(20);
    assertThat(back.rowCount()).isEqualTo(table.rowCount());
    for (int row = 0; row < table.rowCount(); row++) {
      for (int column = 0; column < 6; column++) {
        assertThat(back.value(row, column)).isEqualTo(table.value(row, column));
      }
    }
    for (int event = 0; event < 20; event++) {
      assertThat(back.rowCount(event)).isEqualTo(table.rowCount(event));
    }
  }

  @Test
  void anEventMayHaveNoRows() {
    var request = OipSamples.zeros(2);
    request.setRawInputContents(1, ByteString.copyFrom(new byte[16]));

    assertThat(events(request, ROWS_MAX).getRowCountList()).containsExactly(0, 0);
  }

  @Test
  void bothTensorsAreNeededAndNoOther() {
    var onlyFeatures = OipSamples.zeros(1);
    onlyFeatures.removeInputs(1).clearRawInputContents().addRawInputContents(zeros(24));
    assertRefused(onlyFeatures, "inputs: [features] (expected: [features, lengths])");

    var oneMore = OipSamples.zeros(1);
    oneMore.addInputs(OipSamples.input("mask", "BOOL", 1)).addRawInputContents(zeros(1));
    assertRefused(oneMore, "inputs: [features, lengths, mask] (expected: [features, lengths])");
  }

  @Test
  void typesAndShapesAreTheModels() {
    assertRefused(
        changed(0, OipSamples.input("features", "FP64", 1, 3), 24),
        "inputs[features].datatype: FP64 (expected: FP32)");
    assertRefused(
        changed(0, OipSamples.input("features", "FP32", 6), 24),
        "inputs[features].shape: [6] (expected: [-1, -1, 6])");
    assertRefused(
        changed(0, OipSamples.input("features", "FP32", 1, 2, 3), 24),
        "inputs[features].shape: [1, 2, 3] (expected: [-1, -1, 6])");
    assertRefused(
        changed(1, OipSamples.input("lengths", "INT32", 1), 4),
        "inputs[lengths].datatype: INT32 (expected: INT64)");
    assertRefused(
        changed(1, OipSamples.input("lengths", "INT64", 1, 1), 8),
        "inputs[lengths].shape: [1, 1] (expected: [-1])");
    assertRefused(
        changed(1, OipSamples.input("lengths", "INT64", 2), 16),
        "inputs[lengths].shape: [2] (expected: [1], as many as features)");
  }

  @Test
  void aLengthLiesWithinThePaddingAndTheModelsLimit() {
    for (long length : List.of(-1L, 2L, 4_294_967_297L, Long.MIN_VALUE)) {
      var request = OipSamples.zeros(1);
      var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      request.setRawInputContents(1, ByteString.copyFrom(bytes.putLong(length).flip()));
      assertRefused(
          request,
          "inputs[lengths][0]: %d (expected: 0..1, rows of features that the model reads)"
              .formatted(length));
    }
    var table = Samples.table(new SplittableRandom(3), 4);
    var refused =
        catchThrowableOfType(ReasonException.class, () -> events(OipSamples.padded(table), 2));
    assertThat(refused).hasMessageContaining("(expected: 0..2, rows");
  }

  @Test
  void moreEventsThanARequestMayBringAreRefusedBeforeTheyAreRead() {
    var most = OipSamples.zeros(Admission.REQUEST_EVENTS_MAX);
    assertThat(events(most, ROWS_MAX).getEventIdCount()).isEqualTo(4_096);

    var refused =
        catchThrowableOfType(
            ReasonException.class,
            () -> events(OipSamples.zeros(Admission.REQUEST_EVENTS_MAX + 1), ROWS_MAX));
    assertThat(refused.reason()).isEqualTo(Reason.REASON_REQUEST_TOO_LARGE);
    assertThat(refused).hasMessageContaining("[4097] (expected: [1..4096])");
  }

  @Test
  void outputsAreThoseOfTheModelInTheOrderOfTheRequest() {
    assertThat(OipDirections.outputs(Set.of(), true)).containsExactly("direction", "kappa");
    assertThat(OipDirections.outputs(Set.of(), false)).containsExactly("direction");
    assertThat(OipDirections.outputs(Set.of("kappa"), true)).containsExactly("kappa");
    assertThatThrownBy(() -> OipDirections.outputs(Set.of("kappa"), false))
        .hasMessage("outputs[kappa]: unknown (expected: one of [direction])");
  }

  @Test
  void predictionsBecomeTensors() {
    var sure = Prediction.newBuilder().setX(0.6).setY(-0.8).setZ(0).setKappa(50);
    var none = Prediction.newBuilder().setX(1).addQuality(Quality.QUALITY_NO_DIRECTION);
    var answer =
        PredictResponse.newBuilder()
            .addResults(EventResult.newBuilder().setPrediction(sure))
            .addResults(EventResult.newBuilder().setPrediction(none))
            .addResults(EventResult.newBuilder().setError(EventError.getDefaultInstance()))
            .build();
    var response = ModelInferResponse.newBuilder();
    OipDirections.addOutputs(response, answer, List.of("kappa", "direction"));

    var built = response.build();
    assertThat(built.getOutputs(0).getName()).isEqualTo("kappa");
    assertThat(built.getOutputs(0).getShapeList()).containsExactly(3L);
    assertThat(built.getOutputs(1).getShapeList()).containsExactly(3L, 3L);
    assertThat(numbers(built, 0, 3)).containsExactly(50, 0, Float.NaN);
    assertThat(numbers(built, 1, 9))
        .containsExactly(0.6f, -0.8f, 0, 0, 0, 0, Float.NaN, Float.NaN, Float.NaN);
  }

  private static float[] numbers(ModelInferResponse response, int output, int count) {
    float[] numbers = new float[count];
    for (int index = 0; index < count; index++) {
      numbers[index] = OipSamples.number(response, output, index);
    }
    return numbers;
  }

  private static ModelInferRequest.Builder changed(
      int index, ModelInferRequest.InferInputTensor input, int bytes) {
    return OipSamples.zeros(1).setInputs(index, input).setRawInputContents(index, zeros(bytes));
  }

  private static ByteString zeros(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  private static FeatureBatch events(ModelInferRequest.Builder request, int rowsMax) {
    return OipDirections.events(OipRequestDecoder.inputs(request.build()), rowsMax);
  }

  private static void assertRefused(ModelInferRequest.Builder request, String message) {
    var refused = catchThrowableOfType(ReasonException.class, () -> events(request, ROWS_MAX));
    assertThat(refused).hasMessage(message);
    assertThat(refused.reason()).isEqualTo(Reason.REASON_TENSORS_INVALID);
  }
}
