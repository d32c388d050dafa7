// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.CounterFamily;
import icecube.otel.Meters;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.v1.EventResult;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the model server counts.
 *
 * <p>Every request ends in exactly one of {@code requests.answered} and {@code requests.dropped};
 * every event of an answered request in exactly one of {@code events.predicted} and {@code
 * events.refused}. One that the line fit answers after its model broke is two: dropped by the one,
 * answered by the other. Thread-safe.
 */
final class ModelServerMetrics {
  /** The reason label of a request whose caller went away. */
  static final String CANCELLED = "CANCELLED";

  private final Meters meters;
  private final Counter answered;
  private final CounterFamily dropped;
  private final CounterFamily refused;
  private final Timer request;
  private final Timer wait;
  private final Timer batchWait;
  private final DistributionSummary requestEvents;
  private final DistributionSummary batchItems;
  private final Counter stopped;
  private final CounterFamily rounds;
  private final AtomicInteger streams = new AtomicInteger();
  private final ShadowMetrics shadows;
  private final ModelMeters models;

  ModelServerMetrics(Meters meters) {
    this.meters = meters;
    this.models = new ModelMeters(meters);
    this.shadows = new ShadowMetrics(models);
    this.answered = meters.counter("icecube_modelserver_requests_answered_total");
    this.dropped =
        meters.counters(
            "icecube_modelserver_requests_dropped_total",
            "reason",
            Reasons.namesOf(ReasonKind.CALLER_REQUEST, ReasonKind.OVERLOAD, ReasonKind.OURS));
    dropped.of(CANCELLED);
    this.refused =
        meters.counters(
            "icecube_modelserver_events_refused_total",
            "reason",
            Reasons.namesOf(ReasonKind.CALLER_EVENT));
    this.request = meters.timer("icecube_modelserver_request_seconds");
    this.wait = meters.timer("icecube_modelserver_queue_wait_seconds");
    this.batchWait = meters.timer("icecube_modelserver_batch_wait_seconds");
    this.requestEvents = meters.summary("icecube_modelserver_request_events");
    this.batchItems = meters.summary("icecube_modelserver_batch_items");
    this.stopped = meters.counter("icecube_modelserver_runs_stopped_total");
    this.rounds =
        meters.counters(
            "icecube_modelserver_rounds_total",
            "reason",
            Arrays.stream(Round.Close.values()).map(Enum::name).toList());
    meters.gauge("icecube_modelserver_streams", streams, AtomicInteger::get);
  }

  /** Shows how full {@code queue} is. */
  void watch(PredictionQueue queue) {
    meters.gauge("icecube_modelserver_queue_events", queue, PredictionQueue::waitingEvents);
    meters.gauge("icecube_modelserver_queue_size_bytes", queue, PredictionQueue::waitingBytes);
    meters.gauge(
        "icecube_modelserver_queue_predicted_seconds", queue, q -> q.predictedWaitNanos() / 1e9);
    meters.gauge("icecube_modelserver_workers", queue, PredictionQueue::workerCount);
  }

  /** Those of the models, which come and go with them. */
  ModelMeters models() {
    return models;
  }

  /** Of what shadows say. */
  ShadowMetrics shadows() {
    return shadows;
  }

  void streamOpened() {
    streams.incrementAndGet();
  }

  void streamEnded() {
    streams.decrementAndGet();
  }

  /** A worker has taken a request after so long. */
  void waited(long nanos) {
    record(wait, nanos);
  }

  /** The first run with an item of a request begins so long after a worker took it. */
  void waitedForBatch(long nanos) {
    record(batchWait, nanos);
  }

  /** A model has run a micro-batch. */
  void ran(ModelCard model, int items, long nanos) {
    batchItems.record(items);
    record(models.timer("icecube_modelserver_run_seconds", version(model)), nanos);
  }

  void closed(Round.Close why) {
    rounds.of(why.name()).increment();
  }

  void stopped() {
    stopped.increment();
  }

  /** A worker has done what a request asked, {@code nanos} after it began. */
  void computed(QueuedRequest queued, long nanos) {
    requestEvents.record(queued.eventCount());
    String model = queued.model().card().name();
    record(models.timer("icecube_modelserver_compute_seconds", "model", model), nanos);
  }

  /** A request has ended, however, {@code nanos} after its admission. */
  void ended(long nanos) {
    record(request, nanos);
  }

  /** A request for tensors was answered, {@code items} of them. */
  void answered(ModelCard model, int items) {
    answered.increment();
    predicted(model, items);
  }

  void answered(ModelCard model, PredictResponse response) {
    answered.increment();
    int predicted = 0;
    for (EventResult result : response.getResultsList()) {
      if (result.hasPrediction()) {
        predicted++;
      } else {
        refused.of(Reasons.nameOf(result.getError().getReason())).increment();
      }
    }
    predicted(model, predicted);
  }

  /** The line fit predicted {@code events} events in the place of {@code model}. */
  void degraded(String model, Reason why, int events) {
    models
        .counter(
            "icecube_modelserver_events_degraded_total",
            "model",
            model,
            "reason",
            Reasons.nameOf(why))
        .increment(events);
  }

  void dropped(Reason reason) {
    dropped.of(Reasons.nameOf(reason)).increment();
  }

  void cancelled() {
    dropped.of(CANCELLED).increment();
  }

  private void predicted(ModelCard model, int events) {
    models.counter("icecube_modelserver_events_predicted_total", version(model)).increment(events);
  }

  private static String[] version(ModelCard model) {
    return new String[] {"model", model.name(), "model_version", model.version()};
  }

  private static void record(Timer timer, long nanos) {
    timer.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }
}
