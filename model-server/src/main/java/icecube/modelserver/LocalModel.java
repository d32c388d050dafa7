// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.chassis.Closer;
import icecube.chassis.StartException;
import icecube.otel.Meters;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.FeatureTable;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * One model of a server without the server: events in, results out, on the caller's own thread, by
 * the loading, features, batches and judgement that every request meets. No port, no queue and no
 * metrics; what it answers is what the server would.
 *
 * <p>Thread-safe: as many threads as it was opened for may ask at once. Memory of a question grows
 * with its rows: at most {@link icecube.physics.FeatureBuilder#ROW_COUNT_MAX} an event. Holds the
 * model open until it is closed.
 */
public final class LocalModel implements AutoCloseable {
  private final ModelRepository models;
  private final ServedModel model;
  private final RequestPredictor predictor;

  private LocalModel(ModelRepository models, ServedModel model, RequestPredictor predictor) {
    this.models = models;
    this.model = model;
    this.predictor = predictor;
  }

  /**
   * Loads and rehearses the model of this name.
   *
   * @param origins where models come from, as of {@link ModelServerSettings#models}; the built-in
   *     ones are there without
   * @param geometry the detector of the events
   * @param threadCount how many threads will ask at once
   * @throws StartException if an origin cannot be read, or the model is missing, not ready or says
   *     no directions
   */
  public static LocalModel open(
      List<ModelOrigin> origins,
      String name,
      DetectorGeometry geometry,
      int threadCount,
      Device device) {
    var models =
        ModelRepository.open(
            origins.stream().map(ModelSource::of).toList(),
            name,
            new ModelLoader(threadCount, device),
            new ModelRepositoryMetrics(Meters.none()));
    try {
      var model = models.acquire(name, "");
      RequestPredictor.requireDirections(model);
      return new LocalModel(models, model, new RequestPredictor(geometry));
    } catch (RuntimeException e) {
      var failure =
          e instanceof ReasonException ? new StartException("model: " + e.getMessage(), e) : e;
      var closer = new Closer();
      closer.add(models);
      closer.closeAfter(failure);
      throw failure;
    }
  }

  /** Its name. */
  public String name() {
    return model.card().name();
  }

  /** Which version of it answers. */
  public String version() {
    return model.card().version();
  }

  /** SHA-256 of its graph, 64 hex digits; empty of a model in Java. */
  public String sha256() {
    return model.card().sha256();
  }

  /**
   * One result an event, in their order: a prediction, or the reason why there is none. An event
   * that the model breaks on does not touch the others.
   */
  public List<EventResult> predict(List<Event> events) {
    try {
      return ask(predictor.prepare(events, model));
    } catch (PredictorException e) {
      if (events.size() == 1) {
        return List.of(
            EventResults.error(
                events.get(0).id(), Reason.REASON_INTERNAL, String.valueOf(e.getMessage())));
      }
    }
    var results = new ArrayList<EventResult>(events.size());
    events.forEach(event -> results.addAll(predict(List.of(event))));
    return results;
  }

  /**
   * The same for rows as they are, of any detector, as a request may hold them.
   *
   * @throws ReasonException if there are more than a request may hold
   */
  public List<EventResult> predict(FeatureTable table) {
    var request = PredictRequest.newBuilder().setFeatures(FeatureCodec.encode(table)).build();
    try {
      return ask(predictor.prepare(request, model));
    } catch (PredictorException e) {
      if (table.eventCount() == 1) {
        return List.of(
            EventResults.error(
                table.eventId(0), Reason.REASON_INTERNAL, String.valueOf(e.getMessage())));
      }
    }
    var results = new ArrayList<EventResult>(table.eventCount());
    for (int event = 0; event < table.eventCount(); event++) {
      results.addAll(predict(only(table, event)));
    }
    return results;
  }

  private static FeatureTable only(FeatureTable table, int event) {
    float[] values = new float[table.rowCount(event) * FeatureTable.COLUMN_COUNT];
    table.copyRows(event, values, 0);
    return FeatureTable.owning(
        new long[] {table.eventId(event)},
        new int[] {table.rowCount(event)},
        new int[] {table.pulsesSeen(event)},
        new int[] {table.qualityBits(event)},
        values);
  }

  private List<EventResult> ask(RequestPredictor.Prepared prepared) {
    MicroBatches.runAll(model.inference(), prepared.task());
    return RequestPredictor.results(prepared, model);
  }

  /** Closes the model, once those who ask it have their answers. */
  @Override
  public void close() {
    model.release();
    models.close();
  }
}
