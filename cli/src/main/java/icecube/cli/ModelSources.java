// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.modelserver.Device;
import icecube.modelserver.ModelOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where models are, and what their graphs run on. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ModelSources {
  @Option(
      names = "--models",
      paramLabel = "SOURCE",
      description =
          "where models are: a folder of NAME/VERSION/model.onnx, s3://BUCKET/PREFIX, or"
              + " models:/NAME@ALIAS of an MLflow registry; may be given several times"
              + " (default: models/ of icecube)")
  private List<String> models = List.of();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "what graphs run on: cpu, or gpu, which falls back (default: ${DEFAULT-VALUE})")
  private String device;

  /** Those asked for, in the words they were given. */
  List<String> asked() {
    return models;
  }

  /** Those asked for, else the folder that ships beside the launcher, if there is one. */
  List<ModelOrigin> origins() {
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
  private static Optional<Path> shipped() {
    return Optional.ofNullable(System.getProperty("icecube.home"))
        .map(home -> Path.of(home, "models"))
        .filter(Files::isDirectory);
  }

  Device device() {
    return Arrays.stream(Device.values())
        .filter(each -> each.name().equalsIgnoreCase(device))
        .findFirst()
        .orElseThrow(() -> new SettingException("--device: " + device + " (expected: cpu or gpu)"));
  }
}
