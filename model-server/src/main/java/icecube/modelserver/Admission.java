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
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The door before the queue: cheap checks of a request as a whole, on the thread that received it,
 * so that what can never be answered takes no place. Both services use the same door and the same
 * queue.
 *
 * <p>Counts what ends here: refused when admitted or submitted, or cancelled. What the queue took
 * and did not drop is counted by the workers, so each request is counted once. Immutable and
 * thread-safe.
 */
final class Admission {
  /** The most events of one request; fewer if the whole queue holds fewer. */
  static final int REQUEST_EVENTS_MAX = 4_096;

  private final ModelRepository models;
  private final DetectorGeometry geometry;
  private final RequestPredictor predictor;
  private final PredictionQueue queue;
  private final ModelServerMetrics metrics;
  private final RequestTraces traces;
  private final DegradedAnswers degraded;
  private final Shadows shadows;
  private final int eventsMax;

  Admission(
      ModelRepository models,
      DetectorGeometry geometry,
      PredictionQueue queue,
      int queueEventsMax,
      ModelServerMetrics metrics,
      RequestTraces traces) {
    this.models = models;
    this.geometry = geometry;
    this.predictor = new RequestPredictor(geometry);
    this.queue = queue;
    this.metrics = metrics;
    this.traces = traces;
    this.degraded = new DegradedAnswers(models, predictor, queue, metrics);
    this.shadows = new Shadows(models, predictor, queue, metrics.shadows());
    this.eventsMax = Math.min(REQUEST_EVENTS_MAX, queueEventsMax);
  }

  /** The most events of one request. */
  int eventsMax() {
    return eventsMax;
  }

  /**
   * The request as the queue takes it, with a reference on its model that {@link #submit} hands on.
   *
   * @param deadline of the call, if it has one; the request's own timeout counts beside it
   * @param method by which it came
   * @param traceparent of the call; that of the request goes before it
   * @throws ReasonException if it is empty, too large, of another detector or for a model that
   *     cannot answer; the answerer is then not told
   */
  QueuedRequest admit(
      PredictRequest request,
      @Nullable Deadline deadline,
      Answerer<PredictResponse> answerer,
      RpcMethod method,
      String traceparent) {
    var own = request.getTraceparent();
    var trace = traces.of(method, own.isEmpty() ? traceparent : own);
    try {
      return admitted(request, deadline, answerer, trace);
    } catch (ReasonException e) {
      countRefused(request.getModelName(), request.getModelVersion(), e);
      trace.refused(e, 0);
      throw e;
    }
  }

  /**
   * The tensors as the queue takes them, with a reference on the model that {@link #submit} hands
   * on. None of them is copied.
   *
   * @param deadline of the call, if it has one; the request's own timeout counts beside it
   * @param method by which they came
   * @param traceparent of the call
   * @throws ReasonException if they do not fit the model, or there is none that can answer; the
   *     answerer is then not told
   */
  QueuedRequest admit(
      ModelInferRequest request,
      @Nullable Deadline deadline,
      Answerer<ModelInferResponse> answerer,
      RpcMethod method,
      String traceparent) {
    String name = OipText.quoteName(request.getModelName());
    String version = OipText.quoteName(request.getModelVersion());
    var trace = traces.of(method, traceparent);
    try {
      return admitted(name, version, request, deadline, answerer, trace);
    } catch (ReasonException e) {
      countRefused(name, version, e);
      trace.refused(e, 0);
      throw e;
    }
  }

  /** Counts a request that was refused before its model was asked, if there is such a model. */
  private void countRefused(String name, String version, ReasonException why) {
    metrics.dropped(why.reason());
    try {
      models.find(name, version).activity().failed(0);
    } catch (ReasonException e) {
      // Nobody's.
    }
  }

  /**
   * Queues an admitted request, whose answerer is told its end from here on.
   *
   * @throws ReasonException if the server has too much to do, or closes; the answerer is then not
   *     told
   */
  void submit(QueuedRequest admitted) {
    try {
      queue.submit(admitted);
    } catch (ReasonException e) {
      metrics.dropped(e.reason());
      refused(admitted, e);
      throw e;
    }
  }

  /** Its caller is about to be told that {@code admitted} gets no answer. */
  void refused(QueuedRequest admitted, ReasonException why) {
    admitted.trace().refused(why, queue.nowNanos() - admitted.admittedNanos());
  }

  /** Drops {@code admitted} if it still waits, as its caller has gone. */
  void cancel(QueuedRequest admitted) {
    if (queue.cancel(admitted)) {
      metrics.cancelled();
      admitted.trace().cancelled();
    }
  }

  private QueuedRequest admitted(
      PredictRequest request,
      @Nullable Deadline deadline,
      Answerer<PredictResponse> answerer,
      RequestTrace trace) {
    int eventCount = requireEvents(request);
    if (request.hasEvents()) {
      requireDetector(request.getEvents().getDetector().getGeometryHash());
    }
    var asked = ask(request, answerer);
    trace.admitted(asked.model().card(), eventCount);
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
        Lane.REALTIME,
        trace);
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

  private QueuedRequest admitted(
      String name,
      String version,
      ModelInferRequest request,
      @Nullable Deadline deadline,
      Answerer<ModelInferResponse> answerer,
      RequestTrace trace) {
    var parameters = OipParameters.of(request);
    var tensors = OipRequestDecoder.inputs(request);
    var wanted = OipRequestDecoder.outputs(request);
    var model = models.acquire(name, version, key(request.getId()));
    try {
      var asked = model.inference();
      var task =
          new TensorBinding(asked.signature(), asked.rowCountMax(), eventsMax)
              .bind(tensors, wanted);
      trace.admitted(model.card(), task.itemCount());
      long nowNanos = queue.nowNanos();
      return new QueuedRequest(
          new TensorQuestion(request.getId(), task, answerer),
          model,
          task.itemCount(),
          request.getSerializedSize(),
          nowNanos,
          deadlineNanos(parameters.timeoutNanos().orElse(0), deadline, nowNanos),
          parameters.isRealtime() ? Lane.REALTIME : Lane.ARCHIVE,
          trace);
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
