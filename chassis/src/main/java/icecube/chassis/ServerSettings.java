// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Where a gRPC server listens and every limit it holds its callers to.
 *
 * <p>grpc-java's own defaults leave most of these open (calls per connection, resets, connection
 * age), so one hostile connection can exhaust the server; the defaults here close that. See the
 * room's README for the table.
 *
 * @param host address to bind; the default is loopback, so nothing is reachable from outside unless
 *     asked for
 * @param port 0 to 65535; 0 takes any free port
 * @param eventLoopCount threads that read, decode and, as handlers run on them, answer calls
 * @param callsPerConnectionMax concurrent calls on one connection; more wait at the client
 * @param resetsPerWindowMax RST_STREAM frames one connection may send within {@code resetWindow}
 * @param resetWindow whole seconds, see {@code resetsPerWindowMax}
 * @param messageBytesMax largest request, after decompression
 * @param metadataBytesMax largest header block of a call
 * @param connectionIdle a connection without calls is closed after this time
 * @param connectionAge a connection is asked to end (GOAWAY) after this time, so that clients
 *     spread over new servers
 * @param connectionAgeGrace how long calls, streams too, may still run after that
 * @param keepAlivePermitted a client that pings more often than this is cut off
 * @param handshakeTimeout a connection that has not finished its handshake by then is closed
 * @param drainDelay how long a closing server says NOT_SERVING and still serves before it refuses
 *     new calls; behind a load balancer or on Kubernetes longer than its probe period
 * @param drainTimeout how long a closing server waits for calls in flight before it cuts them
 * @param security TLS and who may call what; owned by whoever opened it, closed after the server
 */
public record ServerSettings(
    String host,
    int port,
    int eventLoopCount,
    int callsPerConnectionMax,
    int resetsPerWindowMax,
    Duration resetWindow,
    int messageBytesMax,
    int metadataBytesMax,
    Duration connectionIdle,
    Duration connectionAge,
    Duration connectionAgeGrace,
    Duration keepAlivePermitted,
    Duration handshakeTimeout,
    Duration drainDelay,
    Duration drainTimeout,
    TransportSecurity security) {

  /** Loopback: a server is reachable from outside only when asked for. */
  public static final String HOST = "127.0.0.1";

  /** No use of more: handlers must not block, so a loop is busy only with work. */
  public static final int EVENT_LOOP_COUNT_MAX = 8;

  /** 64 unary calls in flight on one connection plus its long streams (health, beats, predict). */
  public static final int CALLS_PER_CONNECTION_MAX = 128;

  /** A client that gives up 200 calls within the window is cut off (CVE-2023-44487). */
  public static final int RESETS_PER_WINDOW_MAX = 200;

  /** See {@link #RESETS_PER_WINDOW_MAX}. */
  public static final Duration RESET_WINDOW = Duration.ofSeconds(30);

  /** Eight events of 180,000 pulses (2 MB each as columns) or any micro-batch of 32 usual ones. */
  public static final int MESSAGE_BYTES_MAX = 16 << 20;

  /** Room for trace context and a token. */
  public static final int METADATA_BYTES_MAX = 8 << 10;

  public static final Duration CONNECTION_IDLE = Duration.ofMinutes(5);
  public static final Duration CONNECTION_AGE = Duration.ofMinutes(10);
  public static final Duration CONNECTION_AGE_GRACE = Duration.ofSeconds(30);

  /** Half of what {@link GrpcChannels} sends. */
  public static final Duration KEEP_ALIVE_PERMITTED = Duration.ofSeconds(10);

  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  /** Nothing to wait for on one machine: clients see NOT_SERVING and GOAWAY at once. */
  public static final Duration DRAIN_DELAY = Duration.ZERO;

  public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);

  public ServerSettings {
    requireNonNull(host, "host");
    check(!host.isBlank(), "host", host, "a host name or address");
    check(port >= 0 && port <= 65_535, "port", port, "0..65535");
    check(
        eventLoopCount >= 1 && eventLoopCount <= 256, "event-loop-count", eventLoopCount, "1..256");
    checkPositive(callsPerConnectionMax, "calls-per-connection-max");
    checkPositive(resetsPerWindowMax, "resets-per-window-max");
    check(
        resetWindow.toSeconds() >= 1
            && resetWindow.toHours() < 1
            && resetWindow.equals(Duration.ofSeconds(resetWindow.toSeconds())),
        "reset-window",
        resetWindow,
        "whole seconds, PT1S to PT59M59S");
    checkPositive(messageBytesMax, "message-bytes-max");
    checkPositive(metadataBytesMax, "metadata-bytes-max");
    checkPositive(connectionIdle, "connection-idle");
    checkPositive(connectionAge, "connection-age");
    checkPositive(connectionAgeGrace, "connection-age-grace");
    checkPositive(keepAlivePermitted, "keep-alive-permitted");
    checkPositive(handshakeTimeout, "handshake-timeout");
    check(!drainDelay.isNegative(), "drain-delay", drainDelay, ">= PT0S");
    check(!drainTimeout.isNegative(), "drain-timeout", drainTimeout, ">= PT0S");
    requireNonNull(security, "security");
  }

  /** The defaults, listening at {@code host} and {@code port}; port 0 takes any free one. */
  public static ServerSettings at(String host, int port) {
    return new ServerSettings(
        host,
        port,
        Math.min(EVENT_LOOP_COUNT_MAX, Runtime.getRuntime().availableProcessors()),
        CALLS_PER_CONNECTION_MAX,
        RESETS_PER_WINDOW_MAX,
        RESET_WINDOW,
        MESSAGE_BYTES_MAX,
        METADATA_BYTES_MAX,
        CONNECTION_IDLE,
        CONNECTION_AGE,
        CONNECTION_AGE_GRACE,
        KEEP_ALIVE_PERMITTED,
        HANDSHAKE_TIMEOUT,
        DRAIN_DELAY,
        DRAIN_TIMEOUT,
        TransportSecurity.PLAINTEXT);
  }

  /** The defaults on loopback. */
  public static ServerSettings onLoopback(int port) {
    return at(HOST, port);
  }

  /** The same with another way to end. */
  public ServerSettings withDrain(Duration delay, Duration timeout) {
    var copy = new Copy();
    copy.drainDelay = delay;
    copy.drainTimeout = timeout;
    return copy.toSettings();
  }

  /** The same with another life of its connections. */
  public ServerSettings withConnectionAge(Duration age, Duration grace) {
    var copy = new Copy();
    copy.connectionAge = age;
    copy.connectionAgeGrace = grace;
    return copy.toSettings();
  }

  /** The same with another largest request. */
  public ServerSettings withMessageBytesMax(int bytes) {
    var copy = new Copy();
    copy.messageBytesMax = bytes;
    return copy.toSettings();
  }

  /** The same speaking TLS and knowing its callers as {@code other} says. */
  public ServerSettings withSecurity(TransportSecurity other) {
    var copy = new Copy();
    copy.security = other;
    return copy.toSettings();
  }

  /** These settings, with fields for those that may become others. Confined to one method. */
  private final class Copy {
    private int messageBytesMax = ServerSettings.this.messageBytesMax;
    private Duration connectionAge = ServerSettings.this.connectionAge;
    private Duration connectionAgeGrace = ServerSettings.this.connectionAgeGrace;
    private Duration drainDelay = ServerSettings.this.drainDelay;
    private Duration drainTimeout = ServerSettings.this.drainTimeout;
    private TransportSecurity security = ServerSettings.this.security;

    ServerSettings toSettings() {
      return new ServerSettings(
          host,
          port,
          eventLoopCount,
          callsPerConnectionMax,
          resetsPerWindowMax,
          resetWindow,
          messageBytesMax,
          metadataBytesMax,
          connectionIdle,
          connectionAge,
          connectionAgeGrace,
          keepAlivePermitted,
          handshakeTimeout,
          drainDelay,
          drainTimeout,
          security);
    }
  }

  private static void checkPositive(int value, String name) {
    check(value >= 1, name, value, ">= 1");
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
