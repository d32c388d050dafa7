// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import icecube.v1.InstanceState;

/** What an {@link InstanceState} means for whoever would ask the instance. Stateless. */
public final class InstanceStates {
  private InstanceStates() {}

  /** Whether it beats, or did a moment ago: neither DEAD nor LEFT, nor unknown to this build. */
  public static boolean isHere(InstanceState state) {
    return switch (state) {
      case INSTANCE_STATE_STARTING,
          INSTANCE_STATE_SERVING,
          INSTANCE_STATE_DRAINING,
          INSTANCE_STATE_SUSPECT ->
          true;
      case INSTANCE_STATE_DEAD, INSTANCE_STATE_LEFT, INSTANCE_STATE_UNSPECIFIED, UNRECOGNIZED ->
          false;
    };
  }
}
