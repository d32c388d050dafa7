// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.proto.EventCodec;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work on one admitted request before and after the model: decode, validate, build features;
 * judge.
 *
 * <p>A wrong event becomes that event's error and its neighbours are predicted. Runs on a worker.
 * Immutable and thread-safe.
 */
final class RequestPredictor {
  /**
   * A request that was decoded.
   *
   * @param task the sound events, in the request's order
   * @param errors one an event of the request: its error, or null for the next of the task
   */
  record Prepared(DirectionTask task, List<@Nullable EventResult> errors) {}

  private final DetectorGeometry geometry;

  RequestPredictor(DetectorGeometry geometry) {
    this.geometry = geometry;
  }

  /**
   * The answer to {@code request} by {@code model}, all of it on this thread.
   *
   * @throws ReasonException if the request cannot be answered as a whole
   */
  PredictResponse predict(PredictRequest request, ServedModel model) {
    var prepared = prepare(request, model);
    MicroBatches.runAll(model.inference(), prepared.task());
    return finish(request, model, prepared);
  }

  /**
   * What {@code request} asks of {@code model}.
   *
   * @throws ReasonException if the request cannot be answered as a whole
   */
  Prepared prepare(PredictRequest request, ServedModel model) {
    requireDirections(model);
    return switch (request.getInputCase()) {
      case EVENTS -> prepare(EventCodec.decode(request.getEvents()), model);
      case FEATURES -> {
        var table = decode(request, model);
        yield new Prepared(
            new DirectionTask(table, model.inference().rowLadder()),
            Collections.nCopies(table.eventCount(), null));
      }
      case INPUT_NOT_SET ->
          throw new ReasonException(
              Reason.REASON_REQUEST_EMPTY, "input: none (expected: events or features)");
    };
  }

  /**
   * @throws ReasonException {@code UNSUPPORTED} if {@code model} is of another kind
   */
  static void requireDirections(ServedModel model) {
    if (!model.inference().signature().isOfDirections()) {
      throw new ReasonException(
          Reason.REASON_UNSUPPORTED,
          "model: %s says no directions (expected: a direction model); ask it by ModelInfer"
              .formatted(model.card().label()));
    }
  }

  /** What {@code events} ask of {@code model}, which says directions. */
  Prepared prepare(List<Event> events, ServedModel model) {
    var errors = new ArrayList<@Nullable EventResult>(events.size());
    var sound = new ArrayList<Event>(events.size());
    for (int index = 0; index < events.size(); index++) {
      var error = errorOf(events.get(index));
      errors.add(error);
      if (error == null) {
        sound.add(events.get(index));
      }
    }
    int rowCountMax = Math.min(model.inference().rowCountMax(), FeatureBuilder.ROW_COUNT_MAX);
    var table = new FeatureBuilder(geometry, rowCountMax).build(sound);
    return new Prepared(new DirectionTask(table, model.inference().rowLadder()), errors);
  }

  /** The answer to {@code request} made of what {@code model} said. */
  PredictResponse finish(PredictRequest request, ServedModel model, Prepared prepared) {
    return PredictResponse.newBuilder()
        .setRequestId(request.getRequestId())
        .setModelName(model.card().name())
        .setModelVersion(model.card().version())
        .addAllResults(results(prepared, model))
        .build();
  }

  /** What became of each event, in their order, after {@code model} has run. */
  static List<EventResult> results(Prepared prepared, ServedModel model) {
    var results = new ArrayList<EventResult>(prepared.errors().size());
    int next = 0;
    for (EventResult error : prepared.errors()) {
      if (error == null) {
        results.add(
            EventResults.judge(
                prepared.task().table(), next, prepared.task().answers(), model.card()));
        next++;
      } else {
        results.add(error);
      }
    }
    return results;
  }

  private @Nullable EventResult errorOf(Event event) {
    return EventDefect.find(event.pulses(), geometry)
        .map(
            finding ->
                EventResults.error(event.id(), Reasons.of(finding.defect()), finding.message()))
        .orElse(null);
  }

  private static FeatureTable decode(PredictRequest request, ServedModel model) {
    var table = FeatureCodec.decode(request.getFeatures());
    return table.cutTo(model.inference().rowCountMax());
  }
}
