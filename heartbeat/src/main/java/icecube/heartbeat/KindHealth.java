// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.v1.InstanceState;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Answers for whole kinds of component in the registry's {@code grpc.health.v1}: a kind is SERVING
 * while at least the wanted number of its instances is.
 *
 * <p>A registry that has just started has not heard everybody: until one lease has passed it says
 * SERVING where it knows so and nothing otherwise (Check: NOT_FOUND, Watch: SERVICE_UNKNOWN), so
 * that a restart of the registry never reads as an outage of the mesh. Confined to the registry's
 * thread.
 */
final class KindHealth {
  /** Where health is told. */
  interface Teller {
    void setServing(String kind, boolean serving);
  }

  private final Teller teller;
  private final ToIntFunction<String> wanted;
  private final Map<String, Boolean> told = new HashMap<>();

  KindHealth(Teller teller, ToIntFunction<String> wanted) {
    this.teller = teller;
    this.wanted = wanted;
  }

  /**
   * @param heardAll whether the registry has listened for one lease
   */
  void update(Map<String, Map<InstanceState, Integer>> counts, boolean heardAll) {
    counts.forEach(
        (kind, byState) -> {
          int serving = byState.getOrDefault(InstanceState.INSTANCE_STATE_SERVING, 0);
          boolean enough = serving >= wanted.applyAsInt(kind);
          Boolean before = told.get(kind);
          boolean sure = enough || heardAll || before != null;
          if (sure && (before == null || before != enough)) {
            told.put(kind, enough);
            teller.setServing(kind, enough);
          }
        });
  }
}
