// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import inference.ModelInferResponse;
import org.junit.jupiter.api.Test;

/** Tensors of answers as they travel. */
final class OipOutputsTest {
  @Test
  void outputsTravelRawInTheirOrderAndNeverTyped() {
    var response = ModelInferResponse.newBuilder();
    byte[] direction = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0};
    OipOutputs.add(response, "direction", OipDatatype.FP32, new long[] {1, 2}, direction);
    OipOutputs.add(response, "count", OipDatatype.INT8, new long[] {3}, new byte[] {1, 2, 3});

    assertThat(response.getOutputsCount()).isEqualTo(2);
    assertThat(response.getOutputs(0).getName()).isEqualTo("direction");
    assertThat(response.getOutputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 2L);
    assertThat(response.getOutputsList()).noneMatch(output -> output.hasContents());
    assertThat(response.getRawOutputContentsList())
        .containsExactly(ByteString.copyFrom(direction), ByteString.fromHex("010203"));
  }

  @Test
  void bytesMustBeAsManyAsTheShapeSays() {
    assertThatThrownBy(
            () ->
                OipOutputs.add(
                    ModelInferResponse.newBuilder(),
                    "x",
                    OipDatatype.FP32,
                    new long[] {2, 3},
                    new byte[20]))
        .hasMessage("x: 20 bytes (expected: 24, [2, 3] of FP32)");
  }

  @Test
  void anEmptyTensorIsATensor() {
    var response = ModelInferResponse.newBuilder();
    OipOutputs.add(response, "x", OipDatatype.FP32, new long[] {0, 3}, new byte[0]);
    assertThat(response.getRawOutputContents(0)).isEqualTo(ByteString.EMPTY);
  }
}
