// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static java.util.Objects.requireNonNull;

import icecube.chassis.ServerSettings;
import java.time.Duration;
import java.util.Map;

/**
 * All a registry can be told.
 *
 * @param server where it listens and its limits; of its drain only the delay counts, because beats
 *     and watches have no end of their own to wait for
 * @param membership leases and limits
 * @param wantedInstances how many instances of a kind must be SERVING for the kind's health to be
 *     SERVING; a kind not named here wants {@value #WANTED_INSTANCES}
 * @param bookmarkPeriod a watcher that saw no change for so long is told the revision
 * @param watcherCountMax watches at the same time; one more is refused
 */
public record RegistrySettings(
    ServerSettings server,
    MembershipSettings membership,
    Map<String, Integer> wantedInstances,
    Duration bookmarkPeriod,
    int watcherCountMax) {

  public static final int WANTED_INSTANCES = 1;
  public static final Duration BOOKMARK_PERIOD = Duration.ofSeconds(5);
  public static final int WATCHER_COUNT_MAX = 256;

  public RegistrySettings {
    requireNonNull(server, "server");
    requireNonNull(membership, "membership");
    wantedInstances = Map.copyOf(wantedInstances);
    for (Map.Entry<String, Integer> wanted : wantedInstances.entrySet()) {
      if (!Membership.isKind(wanted.getKey())) {
        throw new IllegalArgumentException(
            "wanted: " + wanted.getKey() + " (expected: a kind, " + Membership.KIND_FORM + ")");
      }
      if (wanted.getValue() < 1) {
        throw new IllegalArgumentException("wanted: " + wanted + " (expected: >= 1 instances)");
      }
    }
    if (wantedInstances.size() > membership.kindCountMax()) {
      throw new IllegalArgumentException(
          "wanted: "
              + wantedInstances.size()
              + " kinds (expected: <= kind-count-max "
              + membership.kindCountMax()
              + ")");
    }
    requireNonNull(bookmarkPeriod, "bookmarkPeriod");
    if (bookmarkPeriod.isNegative() || bookmarkPeriod.isZero()) {
      throw new IllegalArgumentException(
          "bookmark-period: " + bookmarkPeriod + " (expected: > PT0S)");
    }
    if (watcherCountMax < 1) {
      throw new IllegalArgumentException(
          "watcher-count-max: " + watcherCountMax + " (expected: >= 1)");
    }
  }

  /** The defaults at {@code host} and {@code port}; port 0 takes any free one. */
  public static RegistrySettings at(String host, int port) {
    return of(ServerSettings.at(host, port), Map.of());
  }

  /** The defaults with a server's settings and the wanted numbers. */
  public static RegistrySettings of(ServerSettings server, Map<String, Integer> wantedInstances) {
    return new RegistrySettings(
        server, MembershipSettings.DEFAULT, wantedInstances, BOOKMARK_PERIOD, WATCHER_COUNT_MAX);
  }

  /** How many of {@code kind} must be SERVING. */
  int wanted(String kind) {
    return wantedInstances.getOrDefault(kind, WANTED_INSTANCES);
  }
}
