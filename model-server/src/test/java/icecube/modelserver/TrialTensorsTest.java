// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.modelserver.SignatureText.Ragged;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TrialTensorsTest {
  private static final ModelSignature SUM =
      new SignatureText(
              Map.of("x", "float32[batch, rows]", "count", "int64[batch]"),
              Map.of("y", "float32[batch]"))
          .parse(new Ragged("rows", "count", null));

  @Test
  void theMostRowsAManifestMayNameAreToldToTheModel() {
    var task = TrialTensors.of(SUM, ModelManifest.ROW_COUNT_MAX, 0);
    var count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());

    task.writeInput(SUM.lengths(), 0, count);

    assertThat(count.getLong(0)).isEqualTo(65_536);
    assertThat(task.rowCount(0)).isEqualTo(65_536);
  }

  @Test
  void itemsDifferWithTheirSeedsAndNotWithTheirPlace() {
    int x = 1 - SUM.lengths();
    var both = TrialTensors.of(SUM, 3, 1, 2);
    var second = TrialTensors.of(SUM, 3, 2);

    assertThat(bytes(both, x, 0)).isNotEqualTo(bytes(both, x, 1));
    assertThat(bytes(both, x, 1)).isEqualTo(bytes(second, x, 0));
  }

  @Test
  void aTrialThatWouldFillTheMemoryIsRefused() {
    var wide =
        new SignatureText(Map.of("x", "float64[batch, 999999999]"), Map.of("y", "float32[batch]"))
            .parse(null);

    assertThatThrownBy(() -> TrialTensors.of(wide, 1, 0))
        .isInstanceOf(PredictorException.class)
        .hasMessageContaining("more than 67108864 bytes for a trial");
  }

  private static ByteBuffer bytes(TensorTask task, int input, int item) {
    var bytes = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    task.writeInput(input, item, bytes);
    return bytes.flip();
  }
}
