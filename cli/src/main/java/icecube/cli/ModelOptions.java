// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.ServerSettings;
import icecube.modelserver.ModelServerSettings;
import icecube.physics.DetectorGeometry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a server offers and for which detector. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ModelOptions {
  @Mixin private GeometryOption geometry;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "line-fit",
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

  ModelServerSettings serverSettings(ServerSettings server) {
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
