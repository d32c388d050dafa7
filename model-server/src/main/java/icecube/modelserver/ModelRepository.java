// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Comparator.comparing;

import icecube.chassis.Closer;
import icecube.chassis.StartException;
import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.Reason;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The models a server can answer with: {@code line-fit}, which is built in, and those of a folder
 * {@code <name>/<version>/{model.onnx, model.yaml}}, read once at the start.
 *
 * <p>A model that cannot be loaded is listed as failed with the reason in its description and stops
 * nothing, unless it is the default. Owns the models. Immutable and thread-safe.
 */
final class ModelRepository implements AutoCloseable {
  /** Versions of one model, oldest first: numbers by value, then names. */
  private static final Comparator<String> BY_VERSION =
      comparing((String version) -> !isNumber(version))
          .thenComparingInt(version -> isNumber(version) ? version.length() : 0)
          .thenComparing(Comparator.naturalOrder());

  private static final Comparator<ServedModel> BY_NAME_AND_VERSION =
      comparing((ServedModel model) -> model.card().name())
          .thenComparing(model -> model.card().version(), BY_VERSION);

  private final List<ServedModel> models;
  private final String defaultName;
  private final Closer closer;

  private ModelRepository(List<ServedModel> models, String defaultName, Closer closer) {
    this.models = models;
    this.defaultName = defaultName;
    this.closer = closer;
  }

  /**
   * Loads every model.
   *
   * @param folder where models stand; empty for none but the built-in
   * @param defaultName the model that answers when a request names none
   * @param workerCount how many threads will ask a model at once
   * @throws StartException if the folder is missing, or the default model is not ready
   */
  static ModelRepository open(Optional<Path> folder, String defaultName, int workerCount) {
    var closer = new Closer();
    try {
      var builtIn =
          ServedModel.ready(
              LineFitPredictor.NAME,
              LineFitPredictor.VERSION,
              Model.Runtime.RUNTIME_JAVA,
              "",
              "Improved line fit in Java: late light left out, charge weighted, robust.",
              new LineFitPredictor());
      var loaded = folder.map(path -> ModelFolder.load(path, workerCount)).orElse(List.of());
      return of(Stream.concat(Stream.of(builtIn), loaded.stream()).toList(), defaultName, closer);
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** A repository of these models, which {@code closer} owns from here on. */
  static ModelRepository of(List<ServedModel> models, String defaultName, Closer closer) {
    models.forEach(closer::add);
    var sorted = models.stream().sorted(BY_NAME_AND_VERSION).toList();
    var repository = new ModelRepository(sorted, defaultName, closer);
    repository.requireDefaultReady();
    return repository;
  }

  private static boolean isNumber(String version) {
    return !version.isEmpty() && version.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private void requireDefaultReady() {
    try {
      find(defaultName, "").predictor();
    } catch (ReasonException e) {
      throw new StartException("default model: " + e.getMessage(), e);
    }
  }

  /**
   * The model of this name and version; an empty name means the default, an empty version the
   * newest that is ready.
   *
   * @throws ReasonException {@code MODEL_UNKNOWN} if there is none
   */
  ServedModel find(String name, String version) {
    String wanted = name.isEmpty() ? defaultName : name;
    var named = models.stream().filter(model -> model.card().name().equals(wanted)).toList();
    if (named.isEmpty()) {
      throw new ReasonException(
          Reason.REASON_MODEL_UNKNOWN,
          "model_name: " + wanted + " (expected: one of " + names() + ")");
    }
    if (version.isEmpty()) {
      return named.stream()
          .filter(model -> model.card().isReady())
          .reduce((older, newer) -> newer)
          .orElse(named.get(named.size() - 1));
    }
    return named.stream()
        .filter(model -> model.card().version().equals(version))
        .findFirst()
        .orElseThrow(
            () ->
                new ReasonException(
                    Reason.REASON_MODEL_UNKNOWN,
                    "model_version: %s of %s (expected: one of %s)"
                        .formatted(
                            version,
                            wanted,
                            named.stream().map(model -> model.card().version()).toList())));
  }

  /** All cards, by name, then version. */
  List<ModelCard> cards() {
    return models.stream().map(ServedModel::card).toList();
  }

  /** All names, each once. */
  SortedSet<String> names() {
    var names = new TreeSet<String>();
    models.forEach(model -> names.add(model.card().name()));
    return names;
  }

  /** Whether some version of the model may be asked. */
  boolean isReady(String name) {
    return find(name, "").card().isReady();
  }

  String defaultName() {
    return defaultName;
  }

  /** Closes every model; nobody may ask one any more. */
  @Override
  public void close() {
    closer.close();
  }
}
