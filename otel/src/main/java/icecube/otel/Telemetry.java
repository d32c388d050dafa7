// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What one service tells of itself: its meters and its traces. Handed to the service by whoever
 * starts it, who closes what is behind them. Thread-safe.
 */
public final class Telemetry {
  /** The instrumentation scope of all our spans. */
  static final String SCOPE = "icecube";

  private final Meters meters;
  private final Traces traces;

  private Telemetry(Meters meters, Traces traces) {
    this.meters = meters;
    this.traces = traces;
  }

  /** Meters of {@code registry}, and no traces. */
  public static Telemetry of(MeterRegistry registry) {
    return new Telemetry(Meters.of(registry), Traces.OFF);
  }

  /** Meters of {@code registry}, and traces to {@code openTelemetry}, all that are late, too. */
  public static Telemetry of(MeterRegistry registry, OpenTelemetry openTelemetry) {
    requireNonNull(openTelemetry, "openTelemetry");
    return of(Meters.of(registry), openTelemetry, () -> true, () -> true);
  }

  static Telemetry of(
      Meters meters,
      OpenTelemetry openTelemetry,
      Traces.Allowance faults,
      Traces.Allowance overloads) {
    return new Telemetry(meters, Traces.on(openTelemetry.getTracer(SCOPE), faults, overloads));
  }

  /** A registry that Prometheus scrapes, whose histograms name the spans they were measured in. */
  public static PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(
        new BucketExemplars(), new PrometheusRegistry(), Clock.SYSTEM, new SampledSpanContext());
  }

  /**
   * Exemplars at buckets and counters only, as OpenMetrics has them. Micrometer would put them at
   * the counts of histograms, too, and Prometheus (2.42) then refuses the whole page.
   */
  private static final class BucketExemplars implements PrometheusConfig {
    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public Properties prometheusProperties() {
      var properties = new Properties();
      properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
      return properties;
    }
  }

  /** Neither: what is counted is forgotten. */
  public static Telemetry off() {
    return new Telemetry(Meters.none(), Traces.OFF);
  }

  /** What counts. */
  public Meters meters() {
    return meters;
  }

  /** What traces; it costs nothing where nobody is told. */
  public Traces traces() {
    return traces;
  }
}
