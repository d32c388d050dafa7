// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.InstanceState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class InstanceStatesTest {
  @Test
  void whoeverStartsServesDrainsOrIsSuspectedIsHere() {
    assertThat(Arrays.stream(InstanceState.values()).filter(InstanceStates::isHere))
        .containsExactlyInAnyOrder(
            InstanceState.INSTANCE_STATE_STARTING,
            InstanceState.INSTANCE_STATE_SERVING,
            InstanceState.INSTANCE_STATE_DRAINING,
            InstanceState.INSTANCE_STATE_SUSPECT);
  }
}
