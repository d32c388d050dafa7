// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.physics.FeatureBuilder;
import icecube.stream.ClaimSettings;
import java.time.Duration;
import java.util.List;

/**
 * Whom a consumer asks, how much it takes on, and how long it waits for what.
 *
 * @param name for people; the consumer adds what makes it unique, so that a restarted process never
 *     takes itself for the one that crashed
 * @param modelServers gRPC targets, at least one
 * @param modelName the model to ask for; empty means the server's default
 * @param modelVersion its version; empty means the newest that is ready
 * @param windowEntries entries in flight at once
 * @param rowCountMax rows (pulses) of one event that are sent to the model
 * @param workerCount threads that parse, validate, build features and publish
 * @param requestTimeout how long one request may take before it is sent again
 * @param claim when entries of others are taken over; its lease is renewed every third of it
 * @param readWait how long one read waits for new entries; bounds how fast a consumer stops
 * @param drain how long a closing consumer works on what it has
 * @param retryFirst first pause before an entry is tried again, or a server called again
 * @param retryMax longest such pause
 */
public record ConsumerSettings(
    String name,
    List<String> modelServers,
    String modelName,
    String modelVersion,
    int windowEntries,
    int rowCountMax,
    int workerCount,
    Duration requestTimeout,
    ClaimSettings claim,
    Duration readWait,
    Duration drain,
    Duration retryFirst,
    Duration retryMax) {
  public static final String NAME = "consumer";

  /** 1,024 events: enough to keep two cores busy, little enough to be claimed quickly. */
  public static final int WINDOW_ENTRIES = 32;

  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration READ_WAIT = Duration.ofMillis(500);
  public static final Duration DRAIN = Duration.ofSeconds(10);
  public static final Duration RETRY_FIRST = Duration.ofMillis(10);
  public static final Duration RETRY_MAX = Duration.ofSeconds(1);

  /** No use of more: publishing and the network have threads of their own. */
  public static final int WORKER_COUNT_MAX = 4;

  public ConsumerSettings {
    requireNonNull(name, "name");
    modelServers = List.copyOf(modelServers);
    requireNonNull(modelName, "modelName");
    requireNonNull(modelVersion, "modelVersion");
    requireNonNull(claim, "claim");
    check(!name.isBlank(), "name", "\"\"", "a name");
    check(
        !modelServers.isEmpty() && modelServers.stream().noneMatch(String::isBlank),
        "model-server",
        modelServers,
        "at least one host:port");
    check(
        windowEntries >= 1 && windowEntries <= 65_536, "window-entries", windowEntries, "1..65536");
    check(rowCountMax >= 1, "row-count-max", rowCountMax, ">= 1");
    check(workerCount >= 1 && workerCount <= 256, "worker-count", workerCount, "1..256");
    checkPositive(requestTimeout, "request-timeout");
    checkPositive(readWait, "read-wait");
    check(!drain.isNegative(), "drain", drain, ">= PT0S");
    checkPositive(retryFirst, "retry-first");
    check(
        retryMax.compareTo(retryFirst) >= 0,
        "retry-max",
        retryMax,
        ">= retry-first, " + retryFirst);
  }

  /** The defaults, asking these servers for this model; an empty name is the server's default. */
  public static ConsumerSettings of(List<String> modelServers, String modelName) {
    return new ConsumerSettings(
        NAME,
        modelServers,
        modelName,
        "",
        WINDOW_ENTRIES,
        FeatureBuilder.ROW_COUNT_MAX,
        Math.min(WORKER_COUNT_MAX, Runtime.getRuntime().availableProcessors()),
        REQUEST_TIMEOUT,
        ClaimSettings.DEFAULT,
        READ_WAIT,
        DRAIN,
        RETRY_FIRST,
        RETRY_MAX);
  }

  /** The same under another name. */
  public ConsumerSettings withName(String other) {
    return new ConsumerSettings(
        other,
        modelServers,
        modelName,
        modelVersion,
        windowEntries,
        rowCountMax,
        workerCount,
        requestTimeout,
        claim,
        readWait,
        drain,
        retryFirst,
        retryMax);
  }

  /** The same, asking for one version of the model. */
  public ConsumerSettings withModelVersion(String version) {
    return new ConsumerSettings(
        name,
        modelServers,
        modelName,
        version,
        windowEntries,
        rowCountMax,
        workerCount,
        requestTimeout,
        claim,
        readWait,
        drain,
        retryFirst,
        retryMax);
  }

  /** The same with another window. */
  public ConsumerSettings withWindow(int entries) {
    return new ConsumerSettings(
        name,
        modelServers,
        modelName,
        modelVersion,
        entries,
        rowCountMax,
        workerCount,
        requestTimeout,
        claim,
        readWait,
        drain,
        retryFirst,
        retryMax);
  }

  /** The same with other leases. */
  public ConsumerSettings withClaim(ClaimSettings other) {
    return new ConsumerSettings(
        name,
        modelServers,
        modelName,
        modelVersion,
        windowEntries,
        rowCountMax,
        workerCount,
        requestTimeout,
        other,
        readWait,
        drain,
        retryFirst,
        retryMax);
  }

  /** The same with other waits. */
  public ConsumerSettings withWaits(Duration request, Duration read, Duration draining) {
    return new ConsumerSettings(
        name,
        modelServers,
        modelName,
        modelVersion,
        windowEntries,
        rowCountMax,
        workerCount,
        request,
        claim,
        read,
        draining,
        retryFirst,
        retryMax);
  }

  private static void checkPositive(Duration value, String name) {
    requireNonNull(value, name);
    check(!value.isNegative() && !value.isZero(), name, value, "> PT0S");
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
