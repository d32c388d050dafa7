// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.modelserver.NamedModel.Version;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every model by name at one moment. Immutable and thread-safe. */
final class ModelCatalog {
  private final SortedMap<String, NamedModel> models;

  private ModelCatalog(SortedMap<String, NamedModel> models) {
    this.models = models;
  }

  static ModelCatalog of(List<NamedModel> models) {
    var byName = new TreeMap<String, NamedModel>();
    models.forEach(model -> byName.put(model.name(), model));
    return new ModelCatalog(byName);
  }

  /** This one with {@code model} in the place of the one of its name. */
  ModelCatalog with(NamedModel model) {
    var changed = new TreeMap<>(models);
    changed.put(model.name(), model);
    return new ModelCatalog(changed);
  }

  ModelCatalog without(String name) {
    var changed = new TreeMap<>(models);
    changed.remove(name);
    return new ModelCatalog(changed);
  }

  /**
   * @throws ReasonException {@code MODEL_UNKNOWN} if there is none
   */
  NamedModel require(String name) {
    @Nullable NamedModel model = models.get(name);
    if (model == null) {
      throw new ReasonException(
          Reason.REASON_MODEL_UNKNOWN,
          "model_name: " + name + " (expected: one of " + names() + ")");
    }
    return model;
  }

  Optional<NamedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /** By name. */
  List<NamedModel> models() {
    return List.copyOf(models.values());
  }

  SortedSet<String> names() {
    return new TreeSet<>(models.keySet());
  }

  /** Of all models, by name, then version. */
  List<Version> versions() {
    return models.values().stream().flatMap(model -> model.versions().stream()).toList();
  }
}
