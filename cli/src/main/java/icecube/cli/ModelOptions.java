// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.ServerSettings;
import icecube.modelserver.Device;
import icecube.modelserver.ModelOrigin;
import icecube.modelserver.ModelServerSettings;
import icecube.physics.DetectorGeometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a server offers and for which detector. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ModelOptions {
  private static final String BUILT_IN = "line-fit";

  @Mixin private GeometryOption geometry;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = BUILT_IN,
      description = "the model that answers (default: ${DEFAULT-VALUE})")
  private String model;

  @Option(
      names = "--models",
      paramLabel = "SOURCE",
      description =
          "where models are: a folder of NAME/VERSION/model.onnx, s3://BUCKET/PREFIX, or"
              + " models:/NAME@ALIAS of an MLflow registry; may be given several times"
              + " (default: models/ of icecube)")
  private List<String> models = List.of();

  @Option(
      names = "--models-poll",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "pause between looks for changed models, 0 for none (default: ${DEFAULT-VALUE})")
  private double modelsPollSeconds;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "what graphs run on: cpu, or gpu, which falls back (default: ${DEFAULT-VALUE})")
  private String device;

  /** Those asked for, else the folder that ships beside the launcher, if there is one. */
  private List<ModelOrigin> origins() {
    if (models.isEmpty()) {
      return shipped().<ModelOrigin>map(ModelOrigin.Folder::new).stream().toList();
    }
    try {
      return models.stream().map(text -> ModelOrigin.parse(text, System.getenv())).toList();
    } catch (IllegalArgumentException e) {
      throw new SettingException("--models: " + e.getMessage());
    }
  }

  /** The repository that ships beside the launcher, if there is one. */
  static Optional<Path> shipped() {
    return Optional.ofNullable(System.getProperty("icecube.home"))
        .map(home -> Path.of(home, "models"))
        .filter(Files::isDirectory);
  }

  /**
   * Refuses a model that nobody has, before anything is started for it.
   *
   * @param models the model repository, if there is one
   */
  static void requireKnown(Optional<Path> models, String model) {
    requireKnown(models.map(ModelOptions::foldersIn).orElse(List.of()), model);
  }

  private static void requireKnown(Collection<String> found, String model) {
    Set<String> known = new TreeSet<>(found);
    known.add(BUILT_IN);
    if (!known.contains(model)) {
      throw new SettingException(
          "--model: " + model + " (expected: one of " + String.join(", ", known) + ")");
    }
  }

  private static List<String> foldersIn(Path models) {
    try (Stream<Path> folders = Files.list(models)) {
      return folders.filter(Files::isDirectory).map(path -> path.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new SettingException(
          "--models: " + models + " (expected: a folder of NAME/VERSION/model.yaml)");
    }
  }

  ModelServerSettings serverSettings(ServerSettings server) {
    var origins = origins();
    requireKnown(origins);
    try {
      return settings(server, Optional.empty(), model, geometry.orBuiltIn())
          .withModels(origins, Duration.ofMillis(Math.round(modelsPollSeconds * 1e3)))
          .withDevice(device());
    } catch (IllegalArgumentException e) {
      throw new SettingException("--" + e.getMessage());
    }
  }

  private Device device() {
    return switch (device) {
      case "cpu" -> Device.CPU;
      case "gpu" -> Device.GPU;
      default -> throw new SettingException("--device: " + device + " (expected: cpu or gpu)");
    };
  }

  /** Looks into folders; what a bucket or a registry has, the server finds out when it starts. */
  private void requireKnown(List<ModelOrigin> origins) {
    var known = new TreeSet<String>();
    for (var origin : origins) {
      if (!(origin instanceof ModelOrigin.Folder folder)) {
        return;
      }
      known.addAll(foldersIn(folder.path()));
    }
    requireKnown(known, model);
  }

  /** The settings of a server with one worker a processor. */
  static ModelServerSettings settings(
      ServerSettings server, Optional<Path> models, String model, DetectorGeometry geometry) {
    return new ModelServerSettings(
        server,
        models,
        model,
        geometry,
        ModelServerSettings.workerCountDefault(),
        ModelServerSettings.QUEUE_EVENTS_MAX);
  }
}
