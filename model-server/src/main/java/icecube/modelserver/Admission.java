// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.DetectorGeometry;
import icecube.proto.ReasonException;
import icecube.v1.PredictRequest;
import icecube.v1.Reason;
import io.grpc.Deadline;
import java.util.OptionalLong;
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
  private final PredictionQueue queue;
  private final int eventsMax;

  Admission(
      ModelRepository models,
      DetectorGeometry geometry,
      PredictionQueue queue,
      int queueEventsMax) {
    this.models = models;
    this.geometry = geometry;
    this.queue = queue;
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
  QueuedRequest admit(PredictRequest request, @Nullable Deadline deadline, Answerer answerer) {
    return admit(request, deadline, Lane.REALTIME, answerer);
  }

  /** Like {@link #admit(PredictRequest, Deadline, Answerer)}, in another lane. */
  QueuedRequest admit(
      PredictRequest request, @Nullable Deadline deadline, Lane lane, Answerer answerer) {
    int eventCount = requireEvents(request);
    if (request.hasEvents()) {
      requireDetector(request.getEvents().getDetector().getGeometryHash());
    }
    var model = models.acquire(request.getModelName(), request.getModelVersion());
    long nowNanos = queue.nowNanos();
    return new QueuedRequest(
        request,
        model,
        eventCount,
        request.getSerializedSize(),
        nowNanos,
        deadlineNanos(request, deadline, nowNanos),
        lane,
        answerer);
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

  private static OptionalLong deadlineNanos(
      PredictRequest request, @Nullable Deadline deadline, long nowNanos) {
    long leftNanos = Long.MAX_VALUE;
    if (request.getTimeoutMs() != 0) {
      leftNanos = TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(request.getTimeoutMs()));
    }
    if (deadline != null) {
      leftNanos = Math.min(leftNanos, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    return leftNanos == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(nowNanos + leftNanos);
  }
}
