// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.v1.BeatRequest;
import icecube.v1.Instance;
import icecube.v1.InstanceState;

/** Beats for tests. */
final class Beats {
  static final InstanceState SERVING = InstanceState.INSTANCE_STATE_SERVING;
  static final InstanceState STARTING = InstanceState.INSTANCE_STATE_STARTING;
  static final InstanceState DRAINING = InstanceState.INSTANCE_STATE_DRAINING;
  static final InstanceState LEFT = InstanceState.INSTANCE_STATE_LEFT;
  static final InstanceState SUSPECT = InstanceState.INSTANCE_STATE_SUSPECT;
  static final InstanceState DEAD = InstanceState.INSTANCE_STATE_DEAD;

  private Beats() {}

  static Instance instance(String kind, String id, long incarnation) {
    return Instance.newBuilder()
        .setKind(kind)
        .setInstanceId(id)
        .setIncarnation(incarnation)
        .setAddress("127.0.0.1:1")
        .build();
  }

  static BeatRequest beat(Instance by, long sequence, InstanceState state) {
    return BeatRequest.newBuilder().setInstance(by).setSequence(sequence).setState(state).build();
  }

  static BeatRequest beat(String id, long incarnation, long sequence, InstanceState state) {
    return beat(instance("consumer", id, incarnation), sequence, state);
  }
}
