// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.chassis.Closer;
import icecube.chassis.GrpcChannels;
import icecube.chassis.GrpcServer;
import icecube.chassis.ServerSettings;
import icecube.otel.Meters;
import icecube.v1.ModelServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The service over a gated model, on a real port of loopback, with a channel to it. */
final class ServiceFixture implements AutoCloseable {
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final GateModel gate;
  final ServedModel served;
  final ModelRepository models;
  final PredictionQueue queue;
  final ModelGrpcService service;
  final OipService openService;
  final ManagedChannel channel;
  private final Closer closer = new Closer();

  ServiceFixture(boolean open, int workerCount, int queueEventsMax, ServedModel... more) {
    this(RequestTraces.OFF, open, workerCount, queueEventsMax, more);
  }

  ServiceFixture(
      RequestTraces traces,
      boolean open,
      int workerCount,
      int queueEventsMax,
      ServedModel... more) {
    this(traces, new GateModel(open), workerCount, queueEventsMax, more);
  }

  private ServiceFixture(
      RequestTraces traces,
      GateModel gate,
      int workerCount,
      int queueEventsMax,
      ServedModel... more) {
    this(traces, gate, gate.served("gate"), workerCount, queueEventsMax, more);
  }

  private ServiceFixture(
      RequestTraces traces,
      GateModel gate,
      ServedModel served,
      int workerCount,
      int queueEventsMax,
      ServedModel... more) {
    this(
        traces,
        gate,
        served,
        ModelRepository.of(
            Stream.concat(
                    Stream.of(served, ServedModel.failed("ill", "1", "sha256: wrong")),
                    Stream.of(more))
                .toList(),
            "gate",
            new Closer()),
        workerCount,
        queueEventsMax);
  }

  /** With these models and their labels; {@code gate} is one of them, and the default. */
  ServiceFixture(GateModel gate, List<NamedModel> named, int workerCount, int queueEventsMax) {
    this(
        RequestTraces.OFF,
        gate,
        named.get(0).versions().get(0).model(),
        ModelRepository.ofNamed(named, "gate", new Closer()),
        workerCount,
        queueEventsMax);
  }

  private ServiceFixture(
      RequestTraces traces,
      GateModel gate,
      ServedModel served,
      ModelRepository models,
      int workerCount,
      int queueEventsMax) {
    this.gate = gate;
    this.served = served;
    this.models = models;
    var metrics = new ModelServerMetrics(Meters.of(meters));
    closer.add(models);
    var worker = new PredictionWorker(metrics, traces);
    queue =
        closer.add(
            PredictionQueue.start(
                workerCount, queueEventsMax, 64 << 20, System::nanoTime, worker, metrics));
    var admission = new Admission(models, Samples.GEOMETRY, queue, queueEventsMax, metrics, traces);
    service = new ModelGrpcService(models, admission, metrics);
    var catalog = new OipCatalog(models, admission.eventsMax(), workerCount);
    openService = new OipService(catalog, admission, metrics);
    openService.setServing(true);
    var settings = ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofMillis(200));
    var server =
        closer.add(GrpcServer.start(settings, List.of(service, openService.withHeaders())));
    channel = GrpcChannels.open("127.0.0.1:" + server.port());
    closer.add(
        () -> {
          channel.shutdownNow();
          channel.awaitTermination(5, TimeUnit.SECONDS);
        });
  }

  ModelServiceGrpc.ModelServiceBlockingStub blocking() {
    return ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  ModelServiceGrpc.ModelServiceStub async() {
    return ModelServiceGrpc.newStub(channel);
  }

  GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub open() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  double count(String name, String... tags) {
    var counter = meters.find(name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public void close() {
    gate.letThrough(1_000_000);
    closer.close();
  }
}
