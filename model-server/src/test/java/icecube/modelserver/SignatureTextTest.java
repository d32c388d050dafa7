// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.modelserver.SignatureText.Ragged;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SignatureTextTest {
  @Test
  void theFirstAxisIsTheBatchIfItHasTheSameNameEverywhere() {
    assertThat(parse("float32[batch, 3]", "float32[batch]", null).isBatched()).isTrue();
    assertThat(parse("float32[rows, 6]", "float32[queries, 3]", null).isBatched()).isFalse();
    assertThat(parse("float32[batch, 3]", "float32[1]", null).isBatched()).isFalse();
    assertThat(parse("float32[batch, 3]", "float32[]", null).isBatched()).isFalse();
  }

  @Test
  void theSignatureOfDirectionsNeedsNoWordOnWhatIsRagged() {
    var text =
        new SignatureText(
            Map.of("features", "float32[b, n, 6]", "lengths", "int64[b]"),
            Map.of("direction", "float32[b, 3]"));

    assertThat(text.parse(null)).isEqualTo(ModelSignature.DIRECTION);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "float32 batch        | rows | count | a type and axes, such as",
        "text[batch, rows]    | rows | count | a type and axes, such as",
        "float32[batch, -1]   | rows | count | axis 1 of float32[batch, -1] (expected: a number",
        "float32[batch, rows] | time | count | ragged.axis: time (expected: an axis of an input",
        "float32[batch, rows] | rows | total | ragged.lengths: total (expected: one of [count, x])",
        "float32[batch, rows] | rows | x     | ragged.lengths: x FP32[-1, -1] (expected: int64",
        "float32[1, rows]     | rows | count | ragged: set (expected: none, as the first axis is",
        "int8[batch, r, r]    | r    | count | r twice in int8[batch, r, r] (expected: once)"
      })
  void whatIsWrongIsNamed(String x, String axis, String lengths, String message) {
    assertThatThrownBy(() -> parse(x, "float32[batch]", new Ragged(axis, lengths, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMaskIsOneNumberOrBooleanARow() {
    var mask = new Ragged("rows", null, "x");
    assertThat(parse("bool[batch, rows]", "float32[batch]", mask).mask()).isEqualTo(1);
    assertThatThrownBy(() -> parse("float32[batch, rows]", "float32[batch]", mask))
        .hasMessageStartingWith("ragged.mask: x FP32[-1, -1] (expected: bool or integers");
    assertThatThrownBy(
            () -> parse("bool[batch, rows]", "float32[batch]", new Ragged("rows", "count", "x")))
        .hasMessage("ragged: lengths count, mask x (expected: one of them)");
  }

  private static ModelSignature parse(String x, String y, @Nullable Ragged ragged) {
    return new SignatureText(Map.of("x", x, "count", "int64[batch]"), Map.of("y", y)).parse(ragged);
  }
}
