// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TensorSpecTest {
  @Test
  void aRaggedAxisIsOneThatMayBeOfAnyLength() {
    var features = new TensorSpec("features", OipDatatype.FP32, List.of(-1L, -1L, 6L), 1);

    assertThat(features.isRagged()).isTrue();
    assertThat(TensorSpec.dense("lengths", OipDatatype.INT64, TensorSpec.ANY).isRagged()).isFalse();
    for (int axis : new int[] {-2, 0, 2, 3}) {
      assertThatThrownBy(
              () -> new TensorSpec("features", OipDatatype.FP32, List.of(-1L, -1L, 6L), axis))
          .hasMessageStartingWith("ragged_axis: " + axis + " of features[-1, -1, 6] (expected: ");
    }
  }

  @Test
  void namesAreGivenAndLengthsAreNotNegative() {
    assertThatThrownBy(() -> TensorSpec.dense("", OipDatatype.FP32, -1L))
        .hasMessage("name: \"\" (expected: a tensor's name)");
    assertThatThrownBy(() -> TensorSpec.dense("x", OipDatatype.FP32, -1L, -2L))
        .hasMessage("dims: [-1, -2] of x (expected: each >= -1)");
  }
}
