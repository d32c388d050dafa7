// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.GaugeRows;
import icecube.otel.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the repository of models counts. Thread-safe. */
final class ModelRepositoryMetrics {
  private final ModelMeters models;
  private final Counter sourceReadsFailed;
  private final GaugeRows healthy;

  ModelRepositoryMetrics(Meters meters) {
    this(new ModelMeters(meters));
  }

  /** Keeps {@code models} to those that are served. */
  ModelRepositoryMetrics(ModelMeters models) {
    this.models = models;
    Meters meters = models.all();
    this.sourceReadsFailed = meters.counter("icecube_modelserver_source_reads_failed_total");
    this.healthy = meters.gaugeRows("icecube_modelserver_model_healthy");
  }

  /** Shows how many models {@code repository} can answer with. */
  void watch(ModelRepository repository) {
    models.all().gauge("icecube_modelserver_models_ready", repository, ModelRepository::readyCount);
  }

  /**
   * Shows of every version served, or tried to, whether it answers as its files are now, and takes
   * away the meters of those that are not served any more.
   *
   * @param leaving versions out of the catalog that still answer the requests they have
   */
  synchronized void serving(ModelCatalog catalog, List<ServedModel> leaving) {
    Map<Tags, Double> rows = new HashMap<>();
    Map<String, Set<String>> counted = new HashMap<>();
    catalog.names().forEach(name -> counted.put(name, new HashSet<>()));
    for (NamedModel.Version version : catalog.versions()) {
      ModelCard card = version.model().card();
      boolean isWell = version.isReady() && version.trouble().isEmpty();
      rows.put(Tags.of("model", card.name(), "model_version", card.version()), isWell ? 1.0 : 0.0);
      add(counted, card);
    }
    leaving.forEach(model -> add(counted, model.card()));
    healthy.set(rows);
    models.keepOnly(counted);
  }

  private static void add(Map<String, Set<String>> counted, ModelCard card) {
    counted.computeIfAbsent(card.name(), name -> new HashSet<>()).add(card.version());
  }

  /** A version was loaded, verified and rehearsed. */
  void loaded(String model, long nanos) {
    ended(model, "loaded");
    models
        .timer("icecube_modelserver_load_seconds", "model", model)
        .record(Duration.ofNanos(nanos));
  }

  /** A version could not be loaded; one that was ready before still is. */
  void failed(String model) {
    ended(model, "failed");
  }

  private void ended(String model, String outcome) {
    models
        .counter("icecube_modelserver_loads_total", "model", model, "outcome", outcome)
        .increment();
  }

  /** A source could not be read; what was loaded from it before is still served. */
  void sourceUnreadable() {
    sourceReadsFailed.increment();
  }
}
