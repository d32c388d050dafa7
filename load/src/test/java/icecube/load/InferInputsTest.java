// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import inference.ModelInferRequest;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inputs made from nothing but what a server says of its model. */
final class InferInputsTest {
  private static final RowCounts RAGGED = new RowCounts.LogNormal(20, 0.8, 2, 64);

  private static ModelMetadataResponse model(TensorMetadata... inputs) {
    return ModelMetadataResponse.newBuilder().setName("m").addAllInputs(List.of(inputs)).build();
  }

  private static TensorMetadata tensor(String name, String type, Long... shape) {
    return TensorMetadata.newBuilder()
        .setName(name)
        .setDatatype(type)
        .addAllShape(List.of(shape))
        .build();
  }

  private static ModelInferRequest draw(ModelMetadataResponse model, RequestShape shape) {
    var inputs = InferInputs.of(model, shape);
    var random = new SplittableRandom(shape.seed());
    return inputs.draw("m", "2", inputs.drawRows(random), random);
  }

  private static ByteBuffer bytes(ByteString raw) {
    return raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void aModelThatIsToldLengthsGetsPaddedItems() {
    var request =
        draw(
            model(tensor("features", "FP32", -1L, -1L, 6L), tensor("lengths", "INT64", -1L)),
            RequestShape.of(16, RAGGED, 1));

    var lengths = bytes(request.getRawInputContents(1)).asLongBuffer();
    var values = bytes(request.getRawInputContents(0)).asFloatBuffer();
    int longest = (int) request.getInputs(0).getShape(1);
    assertThat(request.getInputs(0).getShapeList()).containsExactly(16L, (long) longest, 6L);
    assertThat(request.getInputs(1).getShapeList()).containsExactly(16L);
    assertThat(lengths.remaining()).isEqualTo(16);
    assertThat(values.remaining()).isEqualTo(16 * longest * 6);
    for (int item = 0; item < 16; item++) {
      for (int value = 0; value < longest * 6; value++) {
        boolean isPadding = value / 6 >= lengths.get(item);
        assertThat(values.get(item * longest * 6 + value) == 0).isEqualTo(isPadding);
      }
    }
  }

  @Test
  void lengthsMayBeColumnsAsTritonHasThem() {
    var request =
        draw(
            model(tensor("x", "FP32", -1L, -1L, 6L), tensor("lengths", "INT32", -1L, 1L)),
            RequestShape.of(3, new RowCounts.Fixed(5), 1));

    assertThat(request.getInputs(1).getShapeList()).containsExactly(3L, 1L);
    var lengths = bytes(request.getRawInputContents(1)).asIntBuffer();
    assertThat(new int[] {lengths.get(0), lengths.get(1), lengths.get(2)}).containsOnly(5);
  }

  @Test
  void aMaskTellsLengthsToo() {
    var request =
        draw(
            model(tensor("ids", "INT64", -1L, -1L), tensor("attention_mask", "INT64", -1L, -1L)),
            RequestShape.of(8, RAGGED, 1));

    var mask = bytes(request.getRawInputContents(1)).asLongBuffer();
    int longest = (int) request.getInputs(1).getShape(1);
    int complete = 0;
    for (int item = 0; item < 8; item++) {
      for (int step = 1; step < longest; step++) {
        assertThat(mask.get(item * longest + step))
            .isLessThanOrEqualTo(mask.get(item * longest + step - 1));
      }
      complete += (int) mask.get(item * longest + longest - 1);
    }
    assertThat(complete).isBetween(1, 7);
  }

  @Test
  void withoutLengthsTheItemsOfARequestAreEquallyLong() {
    var request = draw(model(tensor("x", "FP32", -1L, -1L)), RequestShape.of(4, RAGGED, 1));

    var values = bytes(request.getRawInputContents(0)).asFloatBuffer();
    for (int i = 0; i < values.remaining(); i++) {
      assertThat(values.get(i)).isNotZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Datatype.class)
  void everyDatatypeHasAsManyBytesAsItsShapeSays(Datatype type) {
    var request = draw(model(tensor("x", type.name(), -1L, 3L)), RequestShape.of(2, RAGGED, 1));

    assertThat(request.getRawInputContents(0).size()).isEqualTo(2 * 3 * type.size());
    assertThat(request.getInputs(0).getDatatype()).isEqualTo(type.name());
  }

  @Test
  void halfPrecisionValuesAreBelowOne() {
    var raw =
        bytes(
            draw(model(tensor("x", "FP16", -1L, 500L)), RequestShape.of(1, RAGGED, 1))
                .getRawInputContents(0));
    while (raw.hasRemaining()) {
      int exponent = (raw.getShort() >> 10) & 0x1f;
      assertThat(exponent).isEqualTo(14);
    }
  }

  @Test
  void textsCarryTheirLengths() {
    var raw =
        bytes(
            draw(model(tensor("x", "BYTES", -1L)), RequestShape.of(2, RAGGED, 1))
                .getRawInputContents(0));

    assertThat(raw.getInt(0)).isEqualTo(8);
    assertThat(raw.getInt(12)).isEqualTo(8);
  }

  @Test
  void aGivenShapeWins() {
    var shape = new RequestShape(2, RAGGED, "", Map.of("x", List.of(1L, 3L, 4L)), 1);

    var request = draw(model(tensor("x", "FP32", -1L, -1L, -1L)), shape);

    assertThat(request.getInputs(0).getShapeList()).containsExactly(1L, 3L, 4L);
  }

  @Test
  void theSameSeedMakesTheSameRequest() {
    var model = model(tensor("x", "FP32", -1L, -1L));
    var shape = RequestShape.of(4, RAGGED, 1);

    assertThat(draw(model, shape)).isEqualTo(draw(model, shape));
  }

  @Test
  void severalItemsForAModelWithoutABatchAxisAreRefused() {
    var model = model(tensor("image", "FP32", 3L, 224L, 224L));

    assertThat(draw(model, RequestShape.of(1, RAGGED, 1)).getInputs(0).getShapeList())
        .containsExactly(3L, 224L, 224L);
    assertThatThrownBy(() -> draw(model, RequestShape.of(2, RAGGED, 1)))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("items: 2 (expected: 1, as input image");
  }

  @Test
  void whatTheModelLacksIsRefusedByName() {
    var model = model(tensor("x", "FP32", -1L));
    assertThatThrownBy(() -> draw(model, new RequestShape(1, RAGGED, "n", Map.of(), 1)))
        .hasMessageContaining("lengths-input: n (expected: one of [x])");
    assertThatThrownBy(
            () -> draw(model, new RequestShape(1, RAGGED, "", Map.of("y", List.of(1L)), 1)))
        .hasMessageContaining("shape: y (expected: one of [x])");
    assertThatThrownBy(() -> draw(model(tensor("x", "FP8", -1L)), RequestShape.of(1, RAGGED, 1)))
        .hasMessageContaining("datatype: FP8 of input x");
    assertThatThrownBy(() -> draw(model(), RequestShape.of(1, RAGGED, 1)))
        .hasMessageContaining("states no inputs");
  }

  @Test
  void anInputBeyondTheLimitIsRefused() {
    var model = model(tensor("x", "FP32", -1L, 1_000_000L));

    assertThatThrownBy(() -> draw(model, RequestShape.of(64, RAGGED, 1)))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("input: x of 64,000,000 values is too large");
  }
}
