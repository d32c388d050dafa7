// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import icecube.sinks.WindowFigures.ModelVersion;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of one stream in MLflow: one for the stream, which also keeps how far it was read, and
 * below it one for each version of a model that has predicted. A sink that starts again goes on in
 * the same runs.
 *
 * <p>A window's models are logged first, then the stream together with the place, in one request. A
 * window that is logged again, because its answer was lost, has the same step, time and values,
 * which MLflow keeps once. Only if the process ends between models and stream are that window's
 * events read again: the next start finds models with a later step than the stream's and says so.
 *
 * <p>Confined to one thread.
 */
final class StreamRuns {
  /**
   * Versions of models whose runs are held open, more than one window has. The one whose figures
   * are the oldest makes room; should more of it come, its run is found again.
   */
  static final int RUN_COUNT_MAX = 64;

  static final String STREAM = "icecube.stream";
  static final String WINDOW = "icecube.window";
  static final String MODEL = "icecube.model";
  static final String PREDICTIONS_READ = "icecube.predictions.read";
  static final String DEAD_LETTERS_READ = "icecube.dead_letters.read";

  private static final Logger LOG = LoggerFactory.getLogger(StreamRuns.class);

  private final MlflowRuns mlflow;
  private final String stream;
  private final String icecubeVersion;
  private final String experiment;
  private final String run;
  // In the order of use, the longest unused first.
  private final Map<ModelVersion, String> models = new LinkedHashMap<>(16, 0.75f, true);
  private final Places places;
  private final int runCountMax;
  private long step;

  private StreamRuns(
      MlflowRuns mlflow,
      String stream,
      String icecubeVersion,
      String experiment,
      String run,
      Places places,
      long step,
      int runCountMax) {
    this.mlflow = mlflow;
    this.stream = stream;
    this.icecubeVersion = icecubeVersion;
    this.experiment = experiment;
    this.run = run;
    this.places = places;
    this.step = step;
    this.runCountMax = runCountMax;
  }

  /** Finds the run of the stream, or begins it at the beginning of the stream. */
  static StreamRuns open(
      MlflowRuns mlflow, SinkSettings settings, int partitionCount, long nowMillis)
      throws IOException {
    return open(mlflow, settings, partitionCount, nowMillis, RUN_COUNT_MAX);
  }

  /** The same with so many runs of versions held open. */
  static StreamRuns open(
      MlflowRuns mlflow, SinkSettings settings, int partitionCount, long nowMillis, int runCountMax)
      throws IOException {
    String stream = settings.stream();
    String experiment = mlflow.experiment(settings.experiment());
    Optional<MlflowRuns.Run> found = mlflow.newest(experiment, STREAM, stream);
    if (found.isEmpty()) {
      Places beginning = Places.beginning(partitionCount);
      Map<String, String> tags = new LinkedHashMap<>();
      tags.put(STREAM, stream);
      tags.put(WINDOW, "0");
      tags.put(PREDICTIONS_READ, beginning.predictionsText());
      tags.put(DEAD_LETTERS_READ, beginning.deadLettersText());
      String run = mlflow.create(experiment, stream, nowMillis, tags);
      LOG.atInfo().addKeyValue("run_id", run).log("a run begins for the stream");
      return new StreamRuns(
          mlflow, stream, settings.icecubeVersion(), experiment, run, beginning, 0, runCountMax);
    }
    MlflowRuns.Run run = found.get();
    Places places =
        Places.parse(
            run.tags().getOrDefault(PREDICTIONS_READ, ""),
            run.tags().getOrDefault(DEAD_LETTERS_READ, ""));
    mlflow.setStatus(run.id(), "RUNNING");
    long step = Long.parseLong(run.tags().getOrDefault(WINDOW, "0"));
    LOG.atInfo().addKeyValue("run_id", run.id()).addKeyValue("window", step).log("a run goes on");
    return new StreamRuns(
        mlflow, stream, settings.icecubeVersion(), experiment, run.id(), places, step, runCountMax);
  }

  /** How far the windows logged so far have read, when this was opened. */
  Places places() {
    return places;
  }

  /** Logs one window; may be called again with the same if it throws. */
  void log(WindowFigures window) throws IOException {
    long next = step + 1;
    for (Map.Entry<ModelVersion, Map<String, Double>> model : window.models().entrySet()) {
      String child = runOf(model.getKey(), window.endMillis());
      try {
        mlflow.log(child, next, window.endMillis(), model.getValue(), Map.of(), Map.of());
      } catch (MlflowRefusedException e) {
        // Deleted, for example: the next window finds another run, or begins one.
        models.remove(model.getKey());
        throw e;
      }
    }
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(WINDOW, Long.toString(next));
    tags.put(PREDICTIONS_READ, window.places().predictionsText());
    tags.put(DEAD_LETTERS_READ, window.places().deadLettersText());
    tags.put("icecube.version", icecubeVersion);
    if (!window.models().isEmpty()) {
      tags.put(MODEL, window.models().keySet().toString());
    }
    mlflow.log(run, next, window.endMillis(), window.stream(), Map.of(), tags);
    step = next;
  }

  /** Leaves the step of a window that MLflow refused to that window; the next has its own. */
  void passOver() {
    step++;
  }

  /** Says that nobody adds to the runs any more. */
  void finish() throws IOException {
    for (String child : models.values()) {
      finish(child);
    }
    mlflow.setStatus(run, "FINISHED");
  }

  private void finish(String child) throws IOException {
    try {
      mlflow.setStatus(child, "FINISHED");
    } catch (MlflowRefusedException e) {
      // Deleted, for example: there is nothing to finish, and no window is to be lost for it.
      LOG.atInfo().setCause(e).addKeyValue("run_id", child).log("a run cannot be finished");
    }
  }

  private String runOf(ModelVersion version, long nowMillis) throws IOException {
    String known = models.get(version);
    if (known != null) {
      return known;
    }
    if (models.size() >= runCountMax) {
      finishLongestUnused();
    }
    // Unique within the experiment: the newest run that has it is the one to go on with.
    String key = stream + " " + version;
    Optional<MlflowRuns.Run> found = mlflow.newest(experiment, MODEL, key);
    String child = found.isPresent() ? found.get().id() : create(version, key, nowMillis);
    if (found.isPresent()) {
      mlflow.setStatus(child, "RUNNING");
      if (found.get().lastStep() > step) {
        LOG.atWarn()
            .addKeyValue("run_id", child)
            .addKeyValue("window", found.get().lastStep())
            .log("the sink ended within a window: in this run its events are counted again");
      }
    }
    models.put(version, child);
    return child;
  }

  /** If MLflow does not answer, it stays, and is finished at the next try. */
  private void finishLongestUnused() throws IOException {
    Map.Entry<ModelVersion, String> unused = models.entrySet().iterator().next();
    finish(unused.getValue());
    models.remove(unused.getKey());
    LOG.atInfo()
        .addKeyValue("run_id", unused.getValue())
        .addKeyValue("model", unused.getKey().model())
        .addKeyValue("model_version", unused.getKey().version())
        .log("a run ends for a version that was not seen for long");
  }

  private String create(ModelVersion version, String key, long nowMillis) throws IOException {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(MODEL, key);
    tags.put("mlflow.parentRunId", run);
    String child = mlflow.create(experiment, version.toString(), nowMillis, tags);
    Map<String, String> params = new LinkedHashMap<>();
    params.put("stream", stream);
    params.put("model", version.model());
    params.put("model_version", version.version());
    params.put("icecube_version", icecubeVersion);
    mlflow.log(child, 0, nowMillis, Map.of(), params, Map.of());
    LOG.atInfo()
        .addKeyValue("run_id", child)
        .addKeyValue("model", version.model())
        .addKeyValue("model_version", version.version())
        .log("a run begins for a version of a model");
    return child;
  }
}
