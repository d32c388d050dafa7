// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import icecube.v1.Instance;
import java.time.Clock;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Makes the identity a component beats under: its kind, an id unique within the kind such as {@code
 * consumer-4f2a9c}, and the incarnation, ns since 1970-01-01 UTC at its start.
 *
 * <p>A component that keeps its id over restarts (a pod of a stateful set) passes it in; the clock
 * then makes the new life supersede the old one, as long as the machine's clock does not go back.
 */
public final class InstanceIds {
  private static final int RANDOM_BITS = 24;
  private static final String KIND_FORM = "[a-z][a-z0-9-]{0,62}";

  private InstanceIds() {}

  /** A new identity; the addresses are {@code host:port}, or empty for none. */
  public static Instance create(String kind, String address, String managementAddress) {
    return create(kind, address, managementAddress, new SplittableRandom(), Clock.systemUTC());
  }

  /** The same with chance and time from outside. */
  public static Instance create(
      String kind, String address, String managementAddress, RandomGenerator random, Clock clock) {
    return of(kind, newId(kind, random), address, managementAddress, clock);
  }

  /** The identity of a component whose id is given from outside. */
  public static Instance of(
      String kind, String instanceId, String address, String managementAddress, Clock clock) {
    checkKind(kind);
    requireNonNull(instanceId, "instanceId");
    Instant now = clock.instant();
    return Instance.newBuilder()
        .setKind(kind)
        .setInstanceId(instanceId)
        .setIncarnation(Math.addExact(now.getEpochSecond() * 1_000_000_000L, now.getNano()))
        .setAddress(address)
        .setManagementAddress(managementAddress)
        .build();
  }

  /** An id such as {@code consumer-4f2a9c}: 16 million per kind. */
  public static String newId(String kind, RandomGenerator random) {
    checkKind(kind);
    return String.format("%s-%06x", kind, random.nextInt(1 << RANDOM_BITS));
  }

  private static void checkKind(String kind) {
    if (!kind.matches(KIND_FORM)) {
      throw new IllegalArgumentException("kind: " + kind + " (expected: " + KIND_FORM + ")");
    }
  }
}
