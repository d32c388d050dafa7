// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import icecube.otel.Meters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who one process is and whom it trusts, kept up to date with its files: one for all its servers
 * and channels.
 *
 * <p>One daemon thread {@code security-files} reads the files every second. Sound changes hold from
 * the next handshake and, for tokens and for authorities that are gone, from the next call on. What
 * is not sound (half written, a key without its certificate, expired) changes nothing, is warned of
 * once and counted. Close it after the servers and channels that use it. Thread-safe.
 */
public final class TransportSecurity implements AutoCloseable {
  /** How often the files are read. */
  public static final Duration LOOK_PERIOD = Duration.ofSeconds(1);

  /** No keys, no checks: for loopback and networks one trusts. */
  public static final TransportSecurity PLAINTEXT =
      new TransportSecurity(SecurityFiles.NONE, Meters.none());

  private static final Logger LOG = LoggerFactory.getLogger(TransportSecurity.class);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SecurityFiles files;
  private final SecurityMetrics metrics;
  private final RotatingKeyManager keys = new RotatingKeyManager();
  private final RotatingTrustManager trust = new RotatingTrustManager(this::trusted);
  private volatile @Nullable ScheduledThreadPoolExecutor thread;
  private volatile SecurityMaterial material;

  // Confined to the thread.
  private SecurityMaterial.Read understood;
  private String warnedOf = "";

  private TransportSecurity(SecurityFiles files, Meters meters) {
    this.files = files;
    this.understood = SecurityMaterial.Read.of(files);
    this.material = SecurityMaterial.of(understood);
    this.metrics = new SecurityMetrics(meters);
    material.own().ifPresent(keys::rotate);
    if (files.certificate().isPresent()) {
      metrics.certificate(this::expiresAtSeconds);
    }
  }

  /**
   * Reads the files and goes on looking at them.
   *
   * @throws StartException if one of them is missing or wrong; it names the file and the cause
   */
  public static TransportSecurity open(SecurityFiles files, Meters meters) {
    return open(files, meters, LOOK_PERIOD);
  }

  static TransportSecurity open(SecurityFiles files, Meters meters, Duration lookPeriod) {
    requireNonNull(files, "files");
    if (files.isEmpty()) {
      return PLAINTEXT;
    }
    var security = new TransportSecurity(files, meters);
    security.keepLooking(lookPeriod);
    return security;
  }

  /** Whether servers of this process speak TLS. */
  public boolean isServing() {
    return files.certificate().isPresent();
  }

  /** Whether channels of this process speak TLS. */
  public boolean isCalling() {
    return files.authorities().isPresent();
  }

  /** Whether servers know their callers, by certificate or token, and hold them to their roles. */
  public boolean isKnowingCallers() {
    return isServing() && (isCalling() || files.tokensAccepted().isPresent());
  }

  /** Stops looking. Later calls do nothing. */
  @Override
  public void close() {
    ScheduledThreadPoolExecutor looking = thread;
    if (looking != null) {
      looking.shutdownNow();
    }
  }

  SecurityMaterial material() {
    return material;
  }

  SecurityFiles files() {
    return files;
  }

  SecurityMetrics metrics() {
    return metrics;
  }

  /** Makes a server speak TLS and know its callers, as far as the files say so. */
  void secure(NettyServerBuilder builder) {
    if (!isServing()) {
      return;
    }
    SslContextBuilder context = SslContextBuilder.forServer(keys);
    if (isCalling()) {
      boolean tokensDo = files.tokensAccepted().isPresent();
      context.trustManager(trust).clientAuth(tokensDo ? ClientAuth.OPTIONAL : ClientAuth.REQUIRE);
    }
    builder.sslContext(built(context));
    if (isKnowingCallers()) {
      Doorkeeper doorkeeper = new Doorkeeper(this);
      builder.addTransportFilter(doorkeeper).intercept(doorkeeper);
    }
  }

  /** Makes a channel speak TLS and send our token, as far as the files say so. */
  void secure(NettyChannelBuilder builder) {
    if (!isCalling()) {
      builder.usePlaintext();
      return;
    }
    SslContextBuilder context = SslContextBuilder.forClient().trustManager(trust);
    if (isServing()) {
      context.keyManager(keys);
    }
    SslContext built = built(context);
    // A resumed session shows the server our certificate of then and us the server's of then.
    if (built.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    } else {
      built.sessionContext().setSessionCacheSize(1);
      built.sessionContext().setSessionTimeout(1);
    }
    builder.sslContext(built);
    if (files.token().isPresent()) {
      builder.intercept(new TokenSender(() -> material.token().orElseThrow()));
    }
  }

  private static SslContext built(SslContextBuilder context) {
    try {
      return GrpcSslContexts.configure(context).protocols(PROTOCOLS).build();
    } catch (SSLException e) {
      throw new StartException("TLS: " + e.getMessage() + " (expected: TLS 1.2 and 1.3)", e);
    }
  }

  private X509ExtendedTrustManager trusted() {
    return material.trust().orElseThrow();
  }

  private long expiresAtSeconds() {
    return material.own().orElseThrow().leaf().getNotAfter().toInstant().getEpochSecond();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // look() lets nothing out
  private void keepLooking(Duration period) {
    var looking =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread look = new Thread(work, "security-files");
              look.setDaemon(true);
              return look;
            });
    thread = looking;
    looking.scheduleWithFixedDelay(this::look, period.toNanos(), period.toNanos(), NANOSECONDS);
  }

  private void look() {
    try {
      SecurityMaterial.Read read = SecurityMaterial.Read.of(files);
      if (!read.equalsInBytes(understood)) {
        takeOn(SecurityMaterial.of(read));
        understood = read;
      }
      warnedOf = "";
    } catch (RuntimeException e) {
      // Whatever is wrong with the files, what was right before holds.
      refuse(e);
    }
  }

  private void takeOn(SecurityMaterial changed) {
    material = changed;
    changed.own().ifPresent(keys::rotate);
    metrics.reloadsAccepted.increment();
    LOG.atInfo().addKeyValue("files", files).log("changed keys, certificates or tokens hold");
  }

  private void refuse(RuntimeException cause) {
    String message = String.valueOf(cause.getMessage());
    if (!message.equals(warnedOf)) {
      warnedOf = message;
      metrics.reloadsRefused.increment();
      LOG.atWarn().log("changed keys, certificates or tokens are refused: " + message, cause);
    }
  }
}
