// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.DetectorGeometry;
import icecube.proto.ReasonException;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.grpc.Deadline;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The door before the queue: cheap checks of a request as a whole, on the thread that received it,
 * so that what can never be answered takes no place. Immutable and thread-safe.
 */
final class Admission {
  /** The most events of one request; fewer if the whole queue holds fewer. */
  static final int REQUEST_EVENTS_MAX = 4_096;

  private final ModelRepository models;
  private final DetectorGeometry geometry;
  private final RequestPredictor predictor;
  private final PredictionQueue queue;
  private final DegradedAnswers degraded;
  private final Shadows shadows;
  private final int eventsMax;

  Admission(
      ModelRepository models,
      DetectorGeometry geometry,
      PredictionQueue queue,
      int queueEventsMax,
      ModelServerMetrics metrics) {
    this.models = models;
    this.geometry = geometry;
    this.predictor = new RequestPredictor(geometry);
    this.queue = queue;
    this.degraded = new DegradedAnswers(models, predictor, queue, metrics);
    this.shadows = new Shadows(models, predictor, queue, metrics.shadows());
    this.eventsMax = Math.min(REQUEST_EVENTS_MAX, queueEventsMax);
  }

  /** The most events of one request. */
  int eventsMax() {
    return eventsMax;
  }

  /**
   * The request as the queue takes it, with a reference on its model that the queue gives back.
   *
   * @param deadline of the call, if it has one
   * @throws ReasonException if it is empty, too large, of another detector or for a model that
   *     cannot answer
   */
  QueuedRequest admit(
      PredictRequest request, @Nullable Deadline deadline, Answerer<PredictResponse> answerer) {
    try {
      return admitted(request, deadline, answerer);
    } catch (ReasonException e) {
      countFailed(request.getModelName(), request.getModelVersion());
      throw e;
    }
  }

  /** Counts a request that was refused before its model was asked, if there is such a model. */
  void countFailed(String name, String version) {
    try {
      models.find(name, version).activity().failed(0);
    } catch (ReasonException e) {
      // Nobody's.
    }
  }

  private QueuedRequest admitted(
      PredictRequest request, @Nullable Deadline deadline, Answerer<PredictResponse> answerer) {
    int eventCount = requireEvents(request);
    if (request.hasEvents()) {
      requireDetector(request.getEvents().getDetector().getGeometryHash());
    }
    var asked = ask(request, answerer);
    long nowNanos = queue.nowNanos();
    return new QueuedRequest(
        new PredictQuestion(request, predictor, asked.answerer()),
        asked.model(),
        eventCount,
        request.getSerializedSize(),
        nowNanos,
        deadlineNanos(
            TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(request.getTimeoutMs())),
            deadline,
            nowNanos),
        Lane.REALTIME);
  }

  private DegradedAnswers.Asked ask(PredictRequest request, Answerer<PredictResponse> answerer) {
    long key = firstEventId(request);
    ServedModel model;
    try {
      model =
          models.acquire(request.getModelName(), request.getModelVersion(), OptionalLong.of(key));
    } catch (ReasonException e) {
      return degraded.notReady(request, e, answerer);
    }
    var asked = degraded.ready(model, request, answerer);
    // Outside, so that no shadow is held against a line fit that stands in.
    return new DegradedAnswers.Asked(model, shadows.behind(request, model, key, asked.answerer()));
  }

  /** Of a request that has events: what is sent again has the same answer again. */
  private static long firstEventId(PredictRequest request) {
    return request.hasEvents()
        ? request.getEvents().getEventId(0)
        : request.getFeatures().getEventId(0);
  }

  private int requireEvents(PredictRequest request) {
    int eventCount =
        switch (request.getInputCase()) {
          case EVENTS -> request.getEvents().getEventIdCount();
          case FEATURES -> request.getFeatures().getEventIdCount();
          case INPUT_NOT_SET -> 0;
        };
    if (eventCount == 0) {
      throw new ReasonException(
          Reason.REASON_REQUEST_EMPTY,
          "events: 0 (expected: 1..%d, as events or features)".formatted(eventsMax));
    }
    if (eventCount > eventsMax) {
      throw new ReasonException(
          Reason.REASON_REQUEST_TOO_LARGE,
          "events: %d (expected: 1..%d); send several requests".formatted(eventCount, eventsMax));
    }
    return eventCount;
  }

  private void requireDetector(String hash) {
    if (!hash.isEmpty() && !hash.equals(geometry.hash())) {
      throw new ReasonException(
          Reason.REASON_DETECTOR_UNKNOWN,
          "detector.geometry_hash: %s (expected: %s, %s, or empty); start the server with the same --geometry, or send features"
              .formatted(hash, geometry.hash(), geometry.id()));
    }
  }

  /**
   * The tensors as the queue takes them, with a reference on the model that the queue gives back.
   *
   * @param timeoutNanos how long it may wait and run; empty for as long as the call
   * @throws ReasonException if they do not fit the model, or there is none that can answer
   */
  QueuedRequest admit(
      ModelInferRequest request,
      Map<String, OipTensor> tensors,
      Set<String> wanted,
      OptionalLong timeoutNanos,
      @Nullable Deadline deadline,
      Lane lane,
      Answerer<ModelInferResponse> answerer) {
    var model =
        models.acquire(
            OipText.quoteName(request.getModelName()),
            OipText.quoteName(request.getModelVersion()),
            key(request.getId()));
    try {
      var asked = model.inference();
      var task =
          new TensorBinding(asked.signature(), asked.rowCountMax(), eventsMax)
              .bind(tensors, wanted);
      long nowNanos = queue.nowNanos();
      return new QueuedRequest(
          new TensorQuestion(request.getId(), task, answerer),
          model,
          task.itemCount(),
          request.getSerializedSize(),
          nowNanos,
          deadlineNanos(timeoutNanos.orElse(0), deadline, nowNanos),
          lane);
    } catch (RuntimeException e) {
      model.release();
      throw e;
    }
  }

  private static OptionalLong key(String id) {
    return id.isEmpty() ? OptionalLong.empty() : OptionalLong.of(id.hashCode());
  }

  /** When a request is over time that may take {@code timeoutNanos}, 0 for any. */
  private static OptionalLong deadlineNanos(
      long timeoutNanos, @Nullable Deadline deadline, long nowNanos) {
    long leftNanos = timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos;
    if (deadline != null) {
      leftNanos = Math.min(leftNanos, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    return leftNanos == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(nowNanos + leftNanos);
  }
}
