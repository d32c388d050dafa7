// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.modelserver.Device;
import icecube.modelserver.ModelOrigin;
import icecube.modelserver.ModelServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

  @Mixin private ModelSources sources;

  /** Where models are. */
  List<ModelOrigin> origins() {
    return sources.origins();
  }

  /** What graphs run on. */
  Device device() {
    return sources.device();
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
    return sources.asked().stream()
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
}
