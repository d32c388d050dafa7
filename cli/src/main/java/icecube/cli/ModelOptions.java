// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.ServerSettings;
import icecube.modelserver.ModelServerSettings;
import icecube.physics.DetectorGeometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
      paramLabel = "DIR",
      description = "model repository: NAME/VERSION/model.yaml (default: models/ of icecube)")
  private @Nullable Path models;

  /** The folder asked for, else the one that ships beside the launcher, if there is one. */
  Optional<Path> models() {
    if (models != null) {
      return Optional.of(models);
    }
    return shipped();
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
    Set<String> known = new TreeSet<>(Set.of(BUILT_IN));
    models.ifPresent(folder -> known.addAll(foldersIn(folder)));
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
    requireKnown(models(), model);
    return settings(server, models(), model, geometry.orBuiltIn());
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
