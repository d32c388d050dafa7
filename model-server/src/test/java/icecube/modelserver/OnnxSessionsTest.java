// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class OnnxSessionsTest {
  @Test
  void aGpuThatCannotBeUsedIsReplacedByTheProcessors() throws Exception {
    Assumptions.assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
        "this build may have a GPU");
    var sessions = new OnnxSessions(Device.GPU);
    byte[] graph =
        new GraphWriter()
            .input("x", "float32[batch]")
            .output("y", "float32[batch]")
            .node("Add", "y", "x", "x")
            .write();

    assertThatThrownBy(() -> sessions.open(new byte[] {1, 2, 3})).isInstanceOf(OrtException.class);
    assertThat(sessions.device()).isEqualTo(Device.GPU);
    for (int model = 0; model < 2; model++) {
      try (var session = sessions.open(graph)) {
        assertThat(session.getInputNames()).containsExactly("x");
      }
      assertThat(sessions.device()).isEqualTo(Device.CPU);
    }
  }
}
