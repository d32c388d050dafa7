// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the repository of models counts. Thread-safe. */
final class ModelRepositoryMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(30),
    Duration.ofMillis(100),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(100)
  };

  private final MeterRegistry registry;

  ModelRepositoryMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows how many models {@code repository} can answer with. */
  void watch(ModelRepository repository) {
    Gauge.builder("icecube.modelserver.models.ready", repository, ModelRepository::readyCount)
        .description("Versions of models that may be asked")
        .register(registry);
  }

  /** A version was loaded, verified and rehearsed. */
  void loaded(String model, long nanos) {
    ended(model, "loaded");
    Timer.builder("icecube.modelserver.load")
        .description("Reading, verifying, opening and rehearsing one version")
        .serviceLevelObjectives(BUCKETS)
        .tag("model", model)
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  /** A version could not be loaded; one that was ready before still is. */
  void failed(String model) {
    ended(model, "failed");
  }

  private void ended(String model, String outcome) {
    Counter.builder("icecube.modelserver.loads")
        .description("Versions of models that were tried to be loaded")
        .tag("model", model)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  /** A source could not be read; what was loaded from it before is still served. */
  void sourceUnreadable() {
    Counter.builder("icecube.modelserver.source.reads.failed")
        .description("Times a source of models could not be listed")
        .register(registry)
        .increment();
  }
}
