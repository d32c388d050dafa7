// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.physics.FeatureBuilder;
import icecube.stream.ClaimSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whom a consumer asks, how much it takes on, and how long it waits for what.
 *
 * @param name for people; the consumer adds what makes it unique, so that a restarted process never
 *     takes itself for the one that crashed
 * @param modelServers gRPC targets, at least one
 * @param modelName the model to ask for; empty means the server's default
 * @param modelVersion its version; empty means the newest that is ready
 * @param degradedAllowed whether the line fit may answer, flagged, when the model is unhealthy
 * @param streamsPerServer streams to each server, over one connection
 * @param windowEntries entries in flight at once
 * @param windowBytes bytes of payload in flight at once; one entry may exceed it alone
 * @param rowCountMax rows (pulses) of one event that are sent to the model
 * @param workerCount threads that parse, validate, build features and publish
 * @param requestTimeout how long one request may take before it is sent again; also how long
 *     reading may stop for suspects before it goes on for as long
 * @param splitTries answers after which events that a server cannot predict no longer hold the
 *     others of their entry
 * @param parkedEntries entries that wait to be tried again without a place in the window
 * @param parkedRetryMax longest pause of those
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
    boolean degradedAllowed,
    int streamsPerServer,
    int windowEntries,
    long windowBytes,
    int rowCountMax,
    int workerCount,
    Duration requestTimeout,
    int splitTries,
    int parkedEntries,
    Duration parkedRetryMax,
    ClaimSettings claim,
    Duration readWait,
    Duration drain,
    Duration retryFirst,
    Duration retryMax) {
  public static final String NAME = "consumer";

  /** One stream keeps a server of two cores busy; more only help a server of many. */
  public static final int STREAMS_PER_SERVER = 1;

  /** 1,024 events: enough to keep two cores busy, little enough to be claimed quickly. */
  public static final int WINDOW_ENTRIES = 32;

  /**
   * 32 MiB: a window of the largest entries the emitter makes by default, or ten of usual ones.
   * Decoded and as features an entry takes some four times its bytes.
   */
  public static final long WINDOW_BYTES = 32L << 20;

  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  public static final int SPLIT_TRIES = 3;

  /** Single events, as a rule: some 2 kB each. */
  public static final int PARKED_ENTRIES = 1_024;

  public static final Duration PARKED_RETRY_MAX = Duration.ofSeconds(30);
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
    checkRange(streamsPerServer, 1, 64, "streams-per-server");
    checkRange(windowEntries, 1, 65_536, "window-entries");
    check(windowBytes >= 1, "window-bytes", windowBytes, ">= 1");
    check(rowCountMax >= 1, "row-count-max", rowCountMax, ">= 1");
    checkRange(workerCount, 1, 256, "worker-count");
    checkPositive(requestTimeout, "request-timeout");
    checkRange(splitTries, 1, 1_000, "split-tries");
    checkRange(parkedEntries, 0, 65_536, "parked-entries");
    checkPositive(readWait, "read-wait");
    check(!drain.isNegative(), "drain", drain, ">= PT0S");
    checkPositive(retryFirst, "retry-first");
    String atLeastFirst = ">= retry-first, " + retryFirst;
    check(retryMax.compareTo(retryFirst) >= 0, "retry-max", retryMax, atLeastFirst);
    check(
        parkedRetryMax.compareTo(retryFirst) >= 0,
        "parked-retry-max",
        parkedRetryMax,
        atLeastFirst);
  }

  /** The defaults, asking these servers for this model; an empty name is the server's default. */
  public static ConsumerSettings of(List<String> modelServers, String modelName) {
    return new ConsumerSettings(
        NAME,
        modelServers,
        modelName,
        "",
        false,
        STREAMS_PER_SERVER,
        WINDOW_ENTRIES,
        WINDOW_BYTES,
        FeatureBuilder.ROW_COUNT_MAX,
        Math.min(WORKER_COUNT_MAX, Runtime.getRuntime().availableProcessors()),
        REQUEST_TIMEOUT,
        SPLIT_TRIES,
        PARKED_ENTRIES,
        PARKED_RETRY_MAX,
        ClaimSettings.DEFAULT,
        READ_WAIT,
        DRAIN,
        RETRY_FIRST,
        RETRY_MAX);
  }

  /** The same but for what {@code change} sets. */
  public ConsumerSettings with(Consumer<Builder> change) {
    var builder = new Builder(this);
    change.accept(builder);
    return builder.build();
  }

  /** The same under another name. */
  public ConsumerSettings withName(String other) {
    return with(change -> change.name = other);
  }

  /** The same, asking for one version of the model. */
  public ConsumerSettings withModelVersion(String version) {
    return with(change -> change.modelVersion = version);
  }

  /** The same with another window. */
  public ConsumerSettings withWindow(int entries) {
    return with(change -> change.windowEntries = entries);
  }

  /** The same with other leases. */
  public ConsumerSettings withClaim(ClaimSettings other) {
    return with(change -> change.claim = other);
  }

  /** The same with other waits. */
  public ConsumerSettings withWaits(Duration request, Duration read, Duration draining) {
    return with(
        change -> {
          change.requestTimeout = request;
          change.readWait = read;
          change.drain = draining;
        });
  }

  /** Settings in the making: each field as the component of its name. Confined to one thread. */
  public static final class Builder {
    public String name;
    public List<String> modelServers;
    public String modelName;
    public String modelVersion;
    public boolean degradedAllowed;
    public int streamsPerServer;
    public int windowEntries;
    public long windowBytes;
    public int rowCountMax;
    public int workerCount;
    public Duration requestTimeout;
    public int splitTries;
    public int parkedEntries;
    public Duration parkedRetryMax;
    public ClaimSettings claim;
    public Duration readWait;
    public Duration drain;
    public Duration retryFirst;
    public Duration retryMax;

    private Builder(ConsumerSettings from) {
      name = from.name;
      modelServers = from.modelServers;
      modelName = from.modelName;
      modelVersion = from.modelVersion;
      degradedAllowed = from.degradedAllowed;
      streamsPerServer = from.streamsPerServer;
      windowEntries = from.windowEntries;
      windowBytes = from.windowBytes;
      rowCountMax = from.rowCountMax;
      workerCount = from.workerCount;
      requestTimeout = from.requestTimeout;
      splitTries = from.splitTries;
      parkedEntries = from.parkedEntries;
      parkedRetryMax = from.parkedRetryMax;
      claim = from.claim;
      readWait = from.readWait;
      drain = from.drain;
      retryFirst = from.retryFirst;
      retryMax = from.retryMax;
    }

    private ConsumerSettings build() {
      return new ConsumerSettings(
          name,
          modelServers,
          modelName,
          modelVersion,
          degradedAllowed,
          streamsPerServer,
          windowEntries,
          windowBytes,
          rowCountMax,
          workerCount,
          requestTimeout,
          splitTries,
          parkedEntries,
          parkedRetryMax,
          claim,
          readWait,
          drain,
          retryFirst,
          retryMax);
    }
  }

  private static void checkPositive(Duration value, String name) {
    requireNonNull(value, name);
    check(!value.isNegative() && !value.isZero(), name, value, "> PT0S");
  }

  private static void checkRange(int value, int min, int max, String name) {
    check(value >= min && value <= max, name, value, min + ".." + max);
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
