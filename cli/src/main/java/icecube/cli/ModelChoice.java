// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.modelserver.Device;
import icecube.modelserver.ModelOrigin;
import icecube.modelserver.ModelServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which model answers, and where models are.
 *
 * <p>Without {@code --model} it is {@value #PREFERRED} where a folder of {@code --models} (else the
 * one that ships with icecube) has it, and the built-in line fit where none does. A reference to
 * one model of a registry, {@code models:/NAME…}, means that model.
 */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ModelChoice {
  /** The model that answers by default, once it is there. */
  static final String PREFERRED = "direction";

  /** The models in Java, which need no folder. */
  private static final Set<String> BUILT_IN = Set.of(ModelServerSettings.DEFAULT_MODEL, "pandel");

  private static final String REGISTRY = "models:/";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "the model that answers (default: direction where --models has it, else line-fit)")
  private @Nullable String model;

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

  /**
   * The name of the model that answers, which somebody has, as far as folders tell; what a bucket
   * or a registry has shows when they are asked.
   *
   * @throws SettingException if no folder has it and there is nowhere else to look
   */
  String name() {
    List<ModelOrigin> origins = origins();
    Set<String> known = new TreeSet<>(BUILT_IN);
    origins.forEach(origin -> known.addAll(foldersIn(origin)));
    String chosen = model == null ? byDefault(origins) : model;
    boolean isAllKnown = origins.stream().allMatch(ModelOrigin.Folder.class::isInstance);
    if (isAllKnown && !known.contains(chosen)) {
      throw new SettingException(
          "--model: " + chosen + " (expected: one of " + String.join(", ", known) + ")");
    }
    return chosen;
  }

  private String byDefault(List<ModelOrigin> origins) {
    if (origins.stream().anyMatch(ModelChoice::hasPreferred)) {
      return PREFERRED;
    }
    return models.stream()
        .filter(text -> text.startsWith(REGISTRY))
        .map(text -> text.substring(REGISTRY.length()).split("[@/]", 2)[0])
        .findFirst()
        .orElse(ModelServerSettings.DEFAULT_MODEL);
  }

  /** Whether a version of it stands there; that it can be loaded shows when it is. */
  private static boolean hasPreferred(ModelOrigin origin) {
    if (!(origin instanceof ModelOrigin.Folder folder)) {
      return false;
    }
    Path model = folder.path().resolve(PREFERRED);
    return Files.isDirectory(model)
        && list(model).stream().anyMatch(version -> Files.exists(version.resolve("model.onnx")));
  }

  private static List<String> foldersIn(ModelOrigin origin) {
    return origin instanceof ModelOrigin.Folder folder
        ? list(folder.path()).stream().map(path -> path.getFileName().toString()).toList()
        : List.of();
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders.filter(Files::isDirectory).toList();
    } catch (IOException e) {
      throw new SettingException(
          "--models: " + folder + " (expected: a folder of NAME/VERSION/model.onnx)");
    }
  }

  Device device() {
    return Arrays.stream(Device.values())
        .filter(each -> each.name().equalsIgnoreCase(device))
        .findFirst()
        .orElseThrow(() -> new SettingException("--device: " + device + " (expected: cpu or gpu)"));
  }
}
