// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link to one model server: always one stream, opened again whenever it ends, for as long as the
 * consumer lives. Several links may share a server's channel and its trust.
 *
 * <p>{@link #predict} is thread-safe; {@link #tick} and {@link #close} are called by one thread at
 * a time.
 */
final class ModelLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLink.class);

  /** Several entries may be on their way; gRPC's own 32 KiB would let out one at a time. */
  private static final int READY_BYTES = 512 << 10;

  private final String target;
  private final ManagedChannel channel;
  private final ServerTrust trust;
  private final ConsumerSettings settings;
  private final TimeAndChance time;
  private final ConsumerMetrics metrics;
  private final Backoff backoff;
  private final AtomicLong lastRequestId = new AtomicLong();
  private volatile @Nullable ModelCall call;
  private boolean isWaiting;
  private long reopenNanos;

  ModelLink(
      String target,
      ManagedChannel channel,
      ServerTrust trust,
      ConsumerSettings settings,
      TimeAndChance time,
      ConsumerMetrics metrics) {
    this.target = target;
    this.channel = channel;
    this.trust = trust;
    this.settings = settings;
    this.time = time;
    this.metrics = metrics;
    this.backoff = new Backoff(settings.retryFirst(), settings.retryMax(), time::chance);
  }

  /** The answer to {@code request}, whose id is set here; fails with {@link LinkException}. */
  CompletableFuture<PredictResponse> predict(PredictRequest.Builder request) {
    ModelCall current = call;
    if (current == null) {
      return CompletableFuture.failedFuture(
          new LinkException("model server " + target + ": not connected", null));
    }
    request.setRequestId(lastRequestId.incrementAndGet());
    return current.send(request.build(), settings.requestTimeout().toNanos());
  }

  /** Looks after the stream: gives up on late requests, opens it again when it has ended. */
  void tick() {
    ModelCall current = call;
    if (current != null) {
      current.expire();
      if (!current.isEnded()) {
        return;
      }
      call = null;
      ended(current);
    }
    if (!isWaiting || time.nanoTime() - reopenNanos >= 0) {
      isWaiting = false;
      open();
    }
  }

  private void ended(ModelCall old) {
    if (old.hasAnswered()) {
      backoff.reset();
    }
    Duration wait = backoff.next();
    reopenNanos = time.nanoTime() + wait.toNanos();
    isWaiting = true;
    metrics.linkLost();
    var log = old.hasAnswered() ? LOG.atWarn() : LOG.atDebug();
    log.setCause(old.end())
        .addKeyValue("target", target)
        .addKeyValue("retry_in", wait)
        .log("the stream to the model server ended, its requests are sent again");
  }

  private void open() {
    // Else gRPC would wait up to two minutes of its own between connection attempts.
    channel.resetConnectBackoff();
    var fresh = new ModelCall(target, time, metrics);
    var unused =
        ModelServiceGrpc.newStub(channel).withOnReadyThreshold(READY_BYTES).predictStream(fresh);
    call = fresh;
  }

  /** Whether the server is there and may be asked. */
  boolean isConnected() {
    ModelCall current = call;
    return current != null && current.isConnected();
  }

  /** Requests without an answer. */
  int inFlight() {
    ModelCall current = call;
    return current == null ? 0 : current.inFlight();
  }

  String target() {
    return target;
  }

  /** What is thought of the server, by all links to it. */
  ServerTrust trust() {
    return trust;
  }

  @Override
  public void close() {
    ModelCall current = call;
    call = null;
    if (current != null) {
      current.cut("the consumer closes");
    }
  }
}
