// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.GaugeRows;
import icecube.otel.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What the repository of models counts. Thread-safe. */
final class ModelRepositoryMetrics {
  private final Meters meters;
  private final Counter sourceReadsFailed;
  private final GaugeRows healthy;

  ModelRepositoryMetrics(Meters meters) {
    this.meters = meters;
    this.sourceReadsFailed = meters.counter("icecube_modelserver_source_reads_failed_total");
    this.healthy = meters.gaugeRows("icecube_modelserver_model_healthy");
  }

  /** Shows how many models {@code repository} can answer with. */
  void watch(ModelRepository repository) {
    meters.gauge("icecube_modelserver_models_ready", repository, ModelRepository::readyCount);
  }

  /** Shows of every version served, or tried to, whether it answers as its files are now. */
  synchronized void serving(ModelCatalog catalog) {
    Map<Tags, Double> rows = new HashMap<>();
    for (NamedModel.Version version : catalog.versions()) {
      ModelCard card = version.model().card();
      boolean isWell = version.isReady() && version.trouble().isEmpty();
      rows.put(Tags.of("model", card.name(), "model_version", card.version()), isWell ? 1.0 : 0.0);
    }
    healthy.set(rows);
  }

  /** A version was loaded, verified and rehearsed. */
  void loaded(String model, long nanos) {
    ended(model, "loaded");
    meters
        .timer("icecube_modelserver_load_seconds", "model", model)
        .record(Duration.ofNanos(nanos));
  }

  /** A version could not be loaded; one that was ready before still is. */
  void failed(String model) {
    ended(model, "failed");
  }

  private void ended(String model, String outcome) {
    meters
        .counter("icecube_modelserver_loads_total", "model", model, "outcome", outcome)
        .increment();
  }

  /** A source could not be read; what was loaded from it before is still served. */
  void sourceUnreadable() {
    sourceReadsFailed.increment();
  }
}
