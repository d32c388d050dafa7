// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** From the tensors of a stranger to what a model is asked. */
final class TensorBindingTest {
  private static final int ROWS_MAX = 768;

  @Test
  void aPaddedBatchIsTrimmedBackToTheRaggedOneItWas() {
    var table = Samples.table(new SplittableRandom(31), 20);

    var task = bind(OipSamples.padded(table), ROWS_MAX);

    assertThat(task.itemCount()).isEqualTo(20);
    for (int event = 0; event < 20; event++) {
      assertThat(task.rowCount(event)).isEqualTo(table.rowCount(event));
      var bytes = bytes(task.rowCount(event) * 6 * Float.BYTES);
      task.writeInput(DirectionTask.FEATURES, event, bytes);
      for (int row = 0; row < table.rowCount(event); row++) {
        for (int column = 0; column < 6; column++) {
          assertThat(bytes.getFloat((row * 6 + column) * Float.BYTES))
              .isEqualTo(table.value(table.firstRow(event) + row, column));
        }
      }
      assertThat(bytes.hasRemaining()).isFalse();
      var length = bytes(Long.BYTES);
      task.writeInput(DirectionTask.LENGTHS, event, length);
      assertThat(length.getLong(0)).isEqualTo(table.rowCount(event));
    }
  }

  @Test
  void aMaskCutsAfterTheLastRowThatCounts() {
    var signature =
        new SignatureText(
                Map.of("x", "float32[batch, 2, rows]", "keep", "bool[batch, rows]"),
                Map.of("y", "float32[batch]"))
            .parse(new SignatureText.Ragged("rows", null, "keep"));
    var values = ByteString.copyFrom(bytes(32).putFloat(0, 1).putFloat(12, 4).putFloat(28, 8));
    var tensors =
        Map.of(
            "x", OipTensor.raw("x", OipDatatype.FP32, new long[] {1, 2, 4}, 8, values),
            "keep",
                OipTensor.raw(
                    "keep",
                    OipDatatype.BOOL,
                    new long[] {1, 4},
                    4,
                    ByteString.copyFrom(new byte[] {1, 0, 1, 0})));

    var task = new TensorBinding(signature, 9, 100).bind(tensors, Set.of());

    assertThat(task.rowCount(0)).isEqualTo(3);
    int x = signature.inputNames().indexOf("x");
    var written = bytes(24);
    task.writeInput(x, 0, written);
    // Three of four rows of both channels: the fourth of each, 4 and 8, is gone.
    assertThat(written.hasRemaining()).isFalse();
    assertThat(written.getFloat(0)).isEqualTo(1);
    assertThat(written.getFloat(12)).isZero();
    assertThat(written.getFloat(20)).isZero();
  }

  @Test
  void anEventMayHaveNoRows() {
    var request = OipSamples.zeros(2);
    request.setRawInputContents(1, ByteString.copyFrom(new byte[16]));

    var task = bind(request, ROWS_MAX);
    assertThat(task.rowCount(0)).isZero();
    assertThat(task.rowCount(1)).isZero();
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
        "inputs[lengths].shape: [2] (expected: 1 items, as many as features)");
  }

  @Test
  void aLengthLiesWithinThePaddingAndTheModelsLimit() {
    for (long length : List.of(-1L, 2L, 4_294_967_297L, Long.MIN_VALUE)) {
      var request = OipSamples.zeros(1);
      var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      request.setRawInputContents(1, ByteString.copyFrom(bytes.putLong(length).flip()));
      assertRefused(
          request,
          "inputs[lengths][0]: %d (expected: 0..1, rows that are there and the model reads)"
              .formatted(length));
    }
    var table = Samples.table(new SplittableRandom(3), 4);
    var refused =
        catchThrowableOfType(ReasonException.class, () -> bind(OipSamples.padded(table), 2));
    assertThat(refused).hasMessageContaining("(expected: 0..2, rows");
  }

  @Test
  void moreEventsThanARequestMayBringAreRefusedBeforeTheyAreRead() {
    var most = OipSamples.zeros(Admission.REQUEST_EVENTS_MAX);
    assertThat(bind(most, ROWS_MAX).itemCount()).isEqualTo(4_096);

    var refused =
        catchThrowableOfType(
            ReasonException.class,
            () -> bind(OipSamples.zeros(Admission.REQUEST_EVENTS_MAX + 1), ROWS_MAX));
    assertThat(refused.reason()).isEqualTo(Reason.REASON_REQUEST_TOO_LARGE);
    assertThat(refused).hasMessageContaining("[4097, 1, 6] (expected: 1..4096 items)");
  }

  @Test
  void outputsAreThoseOfTheModelInTheOrderOfTheRequest() {
    assertThat(outputs(ModelSignature.DIRECTION_AND_KAPPA, Set.of()))
        .containsExactly("direction", "kappa");
    assertThat(outputs(ModelSignature.DIRECTION, Set.of())).containsExactly("direction");
    assertThat(outputs(ModelSignature.DIRECTION_AND_KAPPA, Set.of("kappa")))
        .containsExactly("kappa");
    assertThatThrownBy(() -> outputs(ModelSignature.DIRECTION, Set.of("kappa")))
        .hasMessage("outputs[kappa]: unknown (expected: one of [direction])");
  }

  private static List<String> outputs(ModelSignature signature, Set<String> wanted) {
    var tensors = OipRequestDecoder.inputs(OipSamples.zeros(1).build());
    var task = new TensorBinding(signature, ROWS_MAX, 10).bind(tensors, wanted);
    task.begin();
    var response = ModelInferResponse.newBuilder();
    task.addOutputs(response);
    return response.getOutputsList().stream().map(InferOutputTensor::getName).toList();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
  }

  private static ModelInferRequest.Builder changed(
      int index, ModelInferRequest.InferInputTensor input, int bytes) {
    return OipSamples.zeros(1).setInputs(index, input).setRawInputContents(index, zeros(bytes));
  }

  private static ByteString zeros(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  private static TensorTask bind(ModelInferRequest.Builder request, int rowsMax) {
    return new TensorBinding(ModelSignature.DIRECTION, rowsMax, Admission.REQUEST_EVENTS_MAX)
        .bind(OipRequestDecoder.inputs(request.build()), Set.of());
  }

  private static void assertRefused(ModelInferRequest.Builder request, String message) {
    var refused = catchThrowableOfType(ReasonException.class, () -> bind(request, ROWS_MAX));
    assertThat(refused).hasMessage(message);
    assertThat(refused.reason()).isEqualTo(Reason.REASON_TENSORS_INVALID);
  }
}
