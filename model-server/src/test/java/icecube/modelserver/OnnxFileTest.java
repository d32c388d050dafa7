// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OnnxFileTest {
  @Test
  void weightsInAnotherFileAreRefused() throws IOException {
    var tensor =
        UnknownFieldSet.newBuilder()
            .mergeField(14, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertThatThrownBy(() -> OnnxModel.load(withInitializer(tensor), 768, 1))
        .hasMessageContaining("a tensor lies in another file");
    var named =
        UnknownFieldSet.newBuilder()
            .mergeField(
                13, UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build())
            .build();
    assertThatThrownBy(() -> OnnxModel.load(withInitializer(named), 768, 1))
        .hasMessageContaining("a tensor lies in another file");
    var attribute = message(5, tensor);
    var function = message(11, attribute);
    assertThatThrownBy(() -> OnnxFile.requireSelfContained(message(25, function).toByteArray()))
        .hasMessageContaining("a tensor lies in another file");
    OnnxFile.requireSelfContained(OnnxModelTest.echo());
  }

  private static UnknownFieldSet message(int field, UnknownFieldSet content) {
    return UnknownFieldSet.newBuilder()
        .mergeField(
            field,
            UnknownFieldSet.Field.newBuilder().addLengthDelimited(content.toByteString()).build())
        .build();
  }

  private static byte[] withInitializer(UnknownFieldSet tensor) throws IOException {
    var graph =
        UnknownFieldSet.newBuilder()
            .mergeField(
                5,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(tensor.toByteString())
                    .build())
            .build();
    return UnknownFieldSet.parseFrom(OnnxModelTest.echo()).toBuilder()
        .mergeField(
            7, UnknownFieldSet.Field.newBuilder().addLengthDelimited(graph.toByteString()).build())
        .build()
        .toByteArray();
  }
}
