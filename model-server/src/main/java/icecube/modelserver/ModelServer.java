// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import icecube.chassis.Closer;
import icecube.chassis.GrpcServer;
import icecube.chassis.StartException;
import icecube.otel.Telemetry;
import icecube.v1.ModelServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running model server: models loaded, workers up, port open.
 *
 * <p>Health names: {@code ""}, {@code icecube.v1.ModelService}, {@code
 * inference.GRPCInferenceService}, and {@code model/<name>} for each model. Thread-safe.
 */
public final class ModelServer implements AutoCloseable {
  /** Bytes of requests that may wait, unless a quarter of the heap is less. */
  static final long QUEUE_BYTES_MAX = 256L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);

  private final ModelServerSettings settings;
  private final ModelRepository models;
  private final PredictionQueue queue;
  private final ModelGrpcService service;
  private final OipService openService;
  private final GrpcServer grpc;
  private final Closer closer;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ModelServer(
      ModelServerSettings settings,
      ModelRepository models,
      PredictionQueue queue,
      ModelGrpcService service,
      OipService openService,
      GrpcServer grpc,
      Closer closer) {
    this.settings = settings;
    this.models = models;
    this.queue = queue;
    this.service = service;
    this.openService = openService;
    this.grpc = grpc;
    this.closer = closer;
  }

  /**
   * Loads the models, starts the workers and opens the port.
   *
   * @throws StartException if the port is taken, the folder of models is missing, or the default
   *     model is not ready
   */
  public static ModelServer start(ModelServerSettings settings, Telemetry telemetry) {
    requireNonNull(settings, "settings");
    var metrics = new ModelServerMetrics(telemetry.meters());
    var closer = new Closer();
    try {
      var models =
          closer.add(
              ModelRepository.open(
                  settings.models().stream().map(ModelSource::of).toList(),
                  settings.defaultModel(),
                  new ModelLoader(settings.workerCount(), settings.device()),
                  new ModelRepositoryMetrics(metrics.models())));
      var traces = new RequestTraces(telemetry.traces());
      var worker = new PredictionWorker(metrics, traces);
      var queue =
          closer.add(
              PredictionQueue.start(
                  settings.workerCount(),
                  settings.queueEventsMax(),
                  Math.min(QUEUE_BYTES_MAX, Runtime.getRuntime().maxMemory() / 4),
                  System::nanoTime,
                  worker,
                  metrics));
      var admission =
          new Admission(
              models, settings.geometry(), queue, settings.queueEventsMax(), metrics, traces);
      var service = new ModelGrpcService(models, admission, metrics);
      var catalog = new OipCatalog(models, admission.eventsMax(), settings.workerCount());
      var openService = new OipService(catalog, admission, metrics);
      // The drain delay is waited for here, while requests are still taken.
      var server = settings.server().withDrain(Duration.ZERO, settings.server().drainTimeout());
      var services =
          List.of(traces.withHeader(service), traces.withHeader(openService.withHeaders()));
      var grpc = closer.add(GrpcServer.start(server, services, telemetry.meters()));
      var started = new ModelServer(settings, models, queue, service, openService, grpc, closer);
      models.watch(started::tellHealth);
      started.tellServing(true);
      if (!settings.modelsPoll().isZero()) {
        models.pollEvery(settings.modelsPoll());
      }
      return started;
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private void tellHealth(String model, boolean isReady) {
    grpc.setServing("model/" + model, isReady && !closing.get());
    if (closing.get()) {
      // It may have begun between the question and the telling.
      grpc.setServing("model/" + model, false);
    }
  }

  private void tellServing(boolean serving) {
    openService.setServing(serving);
    grpc.setServing(GRPCInferenceServiceGrpc.SERVICE_NAME, serving);
    grpc.setServing(ModelServiceGrpc.SERVICE_NAME, serving);
    grpc.setServing("", serving);
  }

  /** The port that is listened on, also if the settings said 0. */
  public int port() {
    return grpc.port();
  }

  /** {@code host:port} to call it at. */
  public String address() {
    return grpc.address();
  }

  /** Whether the server may be asked: the default model is ready and no drain has begun. */
  public boolean isReady() {
    return !closing.get();
  }

  /** The models it answers with. */
  ModelRepository models() {
    return models;
  }

  /** Events that wait or run. */
  public int eventsInFlight() {
    return queue.eventsInFlight();
  }

  /**
   * Ends in the order clients can follow: not serving by its health, still answering for the drain
   * delay; then new requests are refused with {@code DRAINING} and those in flight are answered,
   * for at most the drain timeout; then streams end, the port closes, workers end, models close.
   * Later calls wait for the first.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    try {
      models.names().forEach(name -> tellHealth(name, false));
      tellServing(false);
      drain();
    } finally {
      try {
        closer.close();
      } finally {
        closed.countDown();
      }
    }
  }

  private void drain() {
    var drainTimeout = settings.server().drainTimeout();
    try {
      // Nobody counts it down before the end: this waits the whole delay, or until interrupted.
      boolean ended = closed.await(settings.server().drainDelay().toNanos(), TimeUnit.NANOSECONDS);
      if (!ended && !queue.drain(drainTimeout)) {
        LOG.atWarn()
            .addKeyValue("events", queue.eventsInFlight())
            .addKeyValue("drain_timeout", drainTimeout)
            .log("events still in flight at the end of the drain are refused");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    service.endStreams();
    openService.endStreams();
  }

  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
