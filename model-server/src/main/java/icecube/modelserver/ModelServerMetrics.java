// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import icecube.proto.Reasons;
import icecube.v1.EventResult;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
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

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(300_000),
    Duration.ofMillis(1),
    Duration.ofMillis(3),
    Duration.ofMillis(10),
    Duration.ofMillis(30),
    Duration.ofMillis(100),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final Counter answered;
  private final Timer wait;
  private final DistributionSummary requestEvents;
  private final DistributionSummary batchItems;
  private final Counter stopped;
  private final Map<Round.Close, Counter> closed = new EnumMap<>(Round.Close.class);
  private final AtomicInteger streams = new AtomicInteger();
  private final ShadowMetrics shadows;

  ModelServerMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.shadows = new ShadowMetrics(registry);
    this.answered =
        Counter.builder("icecube.modelserver.requests.answered")
            .description("Requests that got results")
            .register(registry);
    this.wait =
        timer("icecube.modelserver.queue.wait", "From admission to a worker").register(registry);
    this.requestEvents =
        DistributionSummary.builder("icecube.modelserver.request.events")
            .description("Events of one request that ran")
            .serviceLevelObjectives(1, 4, 16, 32, 64, 256, 1_024, 4_096)
            .register(registry);
    this.batchItems =
        DistributionSummary.builder("icecube.modelserver.batch.items")
            .description("Items of one run of a model")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 64, 256, 1_024)
            .register(registry);
    this.stopped =
        Counter.builder("icecube.modelserver.runs.stopped")
            .description("Runs that were stopped, as nobody waited for them any more")
            .register(registry);
    for (Round.Close why : Round.Close.values()) {
      closed.put(
          why,
          Counter.builder("icecube.modelserver.rounds")
              .description("What workers took at a time, by why they took no more")
              .tag("reason", why.name())
              .register(registry));
    }
    Gauge.builder("icecube.modelserver.streams", streams, AtomicInteger::get)
        .description("Open PredictStream calls")
        .register(registry);
  }

  private static Timer.Builder timer(String name, String what) {
    return Timer.builder(name).description(what).serviceLevelObjectives(BUCKETS);
  }

  /** Shows how full {@code queue} is. */
  void watch(PredictionQueue queue) {
    Gauge.builder("icecube.modelserver.queue.events", queue, PredictionQueue::waitingEvents)
        .description("Events that wait for a worker")
        .register(registry);
    Gauge.builder("icecube.modelserver.queue.size", queue, PredictionQueue::waitingBytes)
        .baseUnit("bytes")
        .description("Bytes of the requests that wait for a worker")
        .register(registry);
    Gauge.builder("icecube.modelserver.queue.predicted", queue, q -> q.predictedWaitNanos() / 1e9)
        .baseUnit("seconds")
        .description("How long a realtime request that came now would wait")
        .register(registry);
    Gauge.builder("icecube.modelserver.workers", queue, PredictionQueue::workerCount)
        .description("Threads that predict: the processors of the machine or of its quota")
        .register(registry);
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

  void waited(long nanos) {
    wait.record(Duration.ofNanos(Math.max(0, nanos)));
  }

  void batched(int items) {
    batchItems.record(items);
  }

  void closed(Round.Close why) {
    requireNonNull(closed.get(why)).increment();
  }

  void stopped() {
    stopped.increment();
  }

  void computed(QueuedRequest request, long nanos) {
    requestEvents.record(request.eventCount());
    timer("icecube.modelserver.compute", "Decoding, features and the model, of one request")
        .tag("model", request.model().card().name())
        .register(registry)
        .record(Duration.ofNanos(Math.max(0, nanos)));
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
        Counter.builder("icecube.modelserver.events.refused")
            .description("Events of answered requests that got an error")
            .tag("reason", Reasons.nameOf(result.getError().getReason()))
            .register(registry)
            .increment();
      }
    }
    predicted(model, predicted);
  }

  private void predicted(ModelCard model, int events) {
    Counter.builder("icecube.modelserver.events.predicted")
        .description("Events that got a prediction")
        .tag("model", model.name())
        .tag("model_version", model.version())
        .register(registry)
        .increment(events);
  }

  /** The line fit predicted {@code events} events in the place of {@code model}. */
  void degraded(String model, Reason why, int events) {
    Counter.builder("icecube.modelserver.events.degraded")
        .description("Events that the line fit predicted as the model asked for was unhealthy")
        .tag("model", model)
        .tag("reason", Reasons.nameOf(why))
        .register(registry)
        .increment(events);
  }

  void dropped(Reason reason) {
    dropped(Reasons.nameOf(reason));
  }

  void cancelled() {
    dropped(CANCELLED);
  }

  private void dropped(String reason) {
    Counter.builder("icecube.modelserver.requests.dropped")
        .description("Requests that got no results")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }
}
