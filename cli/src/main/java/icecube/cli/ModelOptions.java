// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.ServerSettings;
import icecube.modelserver.ModelOrigin;
import icecube.modelserver.ModelServerSettings;
import icecube.physics.DetectorGeometry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a server offers and for which detector. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ModelOptions {
  @Mixin private GeometryOption geometry;
  @Mixin private ModelChoice choice;

  @Option(
      names = "--models-poll",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "pause between looks for changed models, 0 for none (default: ${DEFAULT-VALUE})")
  private double modelsPollSeconds;

  ModelServerSettings serverSettings(ServerSettings server) {
    var origins = choice.origins();
    String model = choice.name();
    try {
      return settings(server, List.of(), model, geometry.orBuiltIn())
          .withModels(origins, Duration.ofMillis(Math.round(modelsPollSeconds * 1e3)))
          .withDevice(choice.device());
    } catch (IllegalArgumentException e) {
      throw new SettingException("--" + e.getMessage());
    }
  }

  /** The settings of a server with one worker a processor. */
  static ModelServerSettings settings(
      ServerSettings server, List<ModelOrigin> models, String model, DetectorGeometry geometry) {
    return new ModelServerSettings(
            server,
            Optional.empty(),
            model,
            geometry,
            ModelServerSettings.workerCountDefault(),
            ModelServerSettings.QUEUE_EVENTS_MAX)
        .withModels(models, Duration.ZERO);
  }
}
