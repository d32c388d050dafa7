// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.ModelConfigRequest;
import inference.ModelConfigResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse;
import inference.RepositoryModelLoadRequest;
import inference.RepositoryModelUnloadRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the open protocol asks about models, answered from the repository. Thread-safe. */
final class OipCatalog {
  private final ModelRepository models;
  private final int itemsMax;
  private final int workerCount;

  /**
   * @param itemsMax the most items of one request, for people
   * @param workerCount runs at once, for people
   */
  OipCatalog(ModelRepository models, int itemsMax, int workerCount) {
    this.models = models;
    this.itemsMax = itemsMax;
    this.workerCount = workerCount;
  }

  /**
   * A model by what a stranger calls it.
   *
   * @throws ReasonException {@code MODEL_UNKNOWN} if there is none, {@code MODEL_NOT_READY} if it
   *     was unloaded
   */
  ServedModel find(String name, String version) {
    return models.find(OipText.quoteName(name), OipText.quoteName(version));
  }

  /** Whether there is such a model and it may be asked. */
  boolean isReady(ModelReadyRequest request) {
    try {
      return find(request.getName(), request.getVersion()).card().isReady();
    } catch (ReasonException e) {
      return false;
    }
  }

  ModelMetadataResponse metadata(ModelMetadataRequest request) {
    var model = find(request.getName(), request.getVersion());
    var versions =
        models.cards().stream()
            .filter(card -> card.name().equals(model.card().name()) && card.isReady())
            .map(ModelCard::version)
            .toList();
    return OipModels.metadata(model, versions);
  }

  ModelConfigResponse config(ModelConfigRequest request) {
    var model = find(request.getName(), request.getVersion());
    return ModelConfigResponse.newBuilder()
        .setConfig(OipModels.config(model, itemsMax, workerCount))
        .build();
  }

  ModelStatisticsResponse statistics(ModelStatisticsRequest request) {
    var response = ModelStatisticsResponse.newBuilder();
    if (!request.getName().isEmpty()) {
      // Throws if there is none.
      find(request.getName(), request.getVersion());
    }
    for (var model : models.served()) {
      var card = model.card();
      boolean wanted =
          (request.getName().isEmpty() || card.name().equals(request.getName()))
              && (request.getVersion().isEmpty() || card.version().equals(request.getVersion()));
      if (wanted && card.isReady()) {
        response.addModelStats(model.activity().toProto(card, model.inference().runCount()));
      }
    }
    return response.build();
  }

  RepositoryIndexResponse index(RepositoryIndexRequest request) {
    requireOnlyRepository(request.getRepositoryName());
    var response = RepositoryIndexResponse.newBuilder();
    for (var entry : models.index()) {
      if (entry.isReady() || !request.getReady()) {
        response
            .addModelsBuilder()
            .setName(entry.name())
            .setVersion(entry.version())
            .setState(entry.isReady() ? "READY" : "UNAVAILABLE")
            .setReason(entry.reason());
      }
    }
    return response.build();
  }

  /** Done once the model may be asked; fails as {@link ModelRepository#load} says. */
  CompletableFuture<List<ModelIndexEntry>> load(RepositoryModelLoadRequest request) {
    requireOnlyRepository(request.getRepositoryName());
    if (request.getParametersCount() > 0) {
      throw new ReasonException(
          Reason.REASON_UNSUPPORTED,
          "parameters: %d (expected: none; a model is what stands in the repository)"
              .formatted(request.getParametersCount()));
    }
    return models.load(OipText.quoteName(request.getModelName()));
  }

  /** Done once nobody can ask the model; fails as {@link ModelRepository#unload} says. */
  CompletableFuture<List<ModelIndexEntry>> unload(RepositoryModelUnloadRequest request) {
    requireOnlyRepository(request.getRepositoryName());
    return models.unload(OipText.quoteName(request.getModelName()));
  }

  private static void requireOnlyRepository(String name) {
    if (!name.isEmpty()) {
      throw new ReasonException(
          Reason.REASON_UNSUPPORTED,
          "repository_name: %s (expected: none; there is one repository)"
              .formatted(OipText.quote(name)));
    }
  }
}
