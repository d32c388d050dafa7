// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import icecube.chassis.ServerSettings;
import icecube.physics.DetectorGeometry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a model server is started with.
 *
 * @param server where it listens, and the limits of its connections
 * @param models where models come from; none for the built-in line fit alone. Of a name that two
 *     have, the first one's is taken
 * @param defaultModel what answers when a request names no model
 * @param geometry the detector whose events it predicts; features may be of any
 * @param workerCount threads that predict, 1..256; as many as processors is right
 * @param queueEventsMax events that may wait, 1..1,048,576
 * @param modelsPoll pause between two looks for changed models, 100 ms..1 day; zero for none, then
 *     they change only when asked to
 * @param device what graphs run on
 */
public record ModelServerSettings(
    ServerSettings server,
    List<ModelOrigin> models,
    String defaultModel,
    DetectorGeometry geometry,
    int workerCount,
    int queueEventsMax,
    Duration modelsPoll,
    Device device) {

  /** The model that answers when a request names none, unless told otherwise. */
  public static final String DEFAULT_MODEL = BuiltInModels.LINE_FIT;

  /** Events that may wait by default: about a second of work of one trained model on two cores. */
  public static final int QUEUE_EVENTS_MAX = 8_192;

  private static final Duration MODELS_POLL_MIN = Duration.ofMillis(100);
  private static final Duration MODELS_POLL_LIMIT = Duration.ofDays(1);
  private static final int WORKER_COUNT_LIMIT = 256;
  private static final int QUEUE_EVENTS_LIMIT = 1 << 20;

  public ModelServerSettings {
    requireNonNull(server, "server");
    models = List.copyOf(requireNonNull(models, "models"));
    requireNonNull(geometry, "geometry");
    requireNonNull(device, "device");
    if (requireNonNull(defaultModel, "defaultModel").isBlank()) {
      throw new IllegalArgumentException("default-model: \"\" (expected: a model's name)");
    }
    requireIn("worker-count", workerCount, WORKER_COUNT_LIMIT);
    requireIn("queue-events-max", queueEventsMax, QUEUE_EVENTS_LIMIT);
    boolean isPollInRange =
        modelsPoll.isZero()
            || (modelsPoll.compareTo(MODELS_POLL_MIN) >= 0
                && modelsPoll.compareTo(MODELS_POLL_LIMIT) <= 0);
    if (!isPollInRange) {
      throw new IllegalArgumentException(
          "models-poll: %s (expected: 0, or %s..%s)"
              .formatted(modelsPoll, MODELS_POLL_MIN, MODELS_POLL_LIMIT));
    }
  }

  /** One with the models of a folder, that does not look for changed ones by itself. */
  public ModelServerSettings(
      ServerSettings server,
      Optional<Path> models,
      String defaultModel,
      DetectorGeometry geometry,
      int workerCount,
      int queueEventsMax) {
    this(
        server,
        models.<ModelOrigin>map(ModelOrigin.Folder::new).stream().toList(),
        defaultModel,
        geometry,
        workerCount,
        queueEventsMax,
        Duration.ZERO,
        Device.CPU);
  }

  /**
   * These settings with models from elsewhere.
   *
   * @param pause between two looks for changed ones; zero for none
   */
  public ModelServerSettings withModels(List<ModelOrigin> models, Duration pause) {
    return new ModelServerSettings(
        server, models, defaultModel, geometry, workerCount, queueEventsMax, pause, device);
  }

  /** These settings with graphs on {@code device}. */
  public ModelServerSettings withDevice(Device device) {
    return new ModelServerSettings(
        server, models, defaultModel, geometry, workerCount, queueEventsMax, modelsPoll, device);
  }

  /** The line fit for {@code geometry} at {@code server}, with one worker a processor. */
  public static ModelServerSettings at(ServerSettings server, DetectorGeometry geometry) {
    return new ModelServerSettings(
        server,
        Optional.<Path>empty(),
        DEFAULT_MODEL,
        geometry,
        workerCountDefault(),
        QUEUE_EVENTS_MAX);
  }

  /** One worker a processor. */
  public static int workerCountDefault() {
    return Math.min(WORKER_COUNT_LIMIT, Runtime.getRuntime().availableProcessors());
  }

  private static void requireIn(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + max + ")");
    }
  }
}
