// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The tracing of one service: an OpenTelemetry SDK of its own that sends spans by OTLP where the
 * standard environment variables say, and is off if they name no endpoint.
 *
 * <p>Several of them live in one process without knowing of each other; there is no global one. The
 * queue of spans is bounded ({@code OTEL_BSP_MAX_QUEUE_SIZE}, 2,048): a Collector that is slow or
 * away costs spans, which are counted, and never an event. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
  /** Of what is not said, this share of the entries is traced. */
  public static final double RATIO_DEFAULT = 0.02;

  /** The most late spans a second. */
  public static final int LATE_PER_SECOND_MAX = 100;

  /** Of refusals for overload, the most late spans a second; they do not count among the others. */
  public static final int OVERLOAD_PER_SECOND_MAX = 5;

  /** How long {@link #close} waits for the last spans to leave. */
  public static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private static final int QUEUE_SPANS_MAX = 2_048;

  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

  // The exporters log each failure there, unthrottled in effect; SpanGate counts and says it.
  private static final Logger EXPORTER_LOG = Logger.getLogger("io.opentelemetry.exporter");

  private final @Nullable OpenTelemetrySdk sdk;
  private final @Nullable SpanGate gate;
  private final Telemetry telemetry;

  private Tracing(@Nullable OpenTelemetrySdk sdk, @Nullable SpanGate gate, Telemetry telemetry) {
    this.sdk = sdk;
    this.gate = gate;
    this.telemetry = telemetry;
  }

  /**
   * Whose spans they are, and which are drawn.
   *
   * @param service such as {@code consumer}; {@code OTEL_SERVICE_NAME} wins
   * @param instanceId unique to this start of it
   * @param version of the build
   * @param ratio share of the entries that are traced, 0..1: wins over {@code OTEL_TRACES_SAMPLER};
   *     if neither is given it is {@link #RATIO_DEFAULT}
   * @param environment where the standard {@code OTEL_…} variables stand
   */
  public record Settings(
      String service,
      String instanceId,
      String version,
      OptionalDouble ratio,
      Map<String, String> environment) {
    public Settings {
      requireNonNull(service, "service");
      requireNonNull(instanceId, "instanceId");
      requireNonNull(version, "version");
      environment = Map.copyOf(environment);
      if (ratio.isPresent() && !(ratio.getAsDouble() >= 0 && ratio.getAsDouble() <= 1)) {
        throw new IllegalArgumentException(
            "trace ratio: " + ratio.getAsDouble() + " (expected: 0..1)");
      }
    }

    /** Whether an endpoint is named, and traces are not switched off. */
    public boolean isOn() {
      return !endpoint().isEmpty()
          && !said("OTEL_SDK_DISABLED").equals("true")
          && !said("OTEL_TRACES_EXPORTER").equals("none");
    }

    /** Where spans go, were traces not switched off; empty if no endpoint is named. */
    public String endpoint() {
      String ofTraces = environment.getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").strip();
      return ofTraces.isEmpty()
          ? environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
          : ofTraces;
    }

    private String said(String name) {
      return environment.getOrDefault(name, "").strip().toLowerCase(Locale.ROOT);
    }

    private double ratioToKeepBy() {
      if (ratio.isPresent()) {
        return ratio.getAsDouble();
      }
      return said("OTEL_TRACES_SAMPLER").endsWith("always_off")
              || (said("OTEL_TRACES_SAMPLER").endsWith("traceidratio")
                  && said("OTEL_TRACES_SAMPLER_ARG").matches("0(\\.0*)?"))
          ? 0
          : 1;
    }
  }

  /**
   * Starts to trace, if the environment says where to.
   *
   * @param registry where the service counts, and where what is lost of its spans is counted
   * @throws IllegalArgumentException if an {@code OTEL_…} variable cannot be understood
   */
  public static Tracing start(Settings settings, MeterRegistry registry) {
    if (!settings.isOn()) {
      return new Tracing(null, null, Telemetry.of(registry));
    }
    EXPORTER_LOG.setLevel(Level.OFF);
    var meters = Meters.of(registry);
    var gate = new SpanGate(meters, System::nanoTime);
    var faults = allowance(meters, LATE_PER_SECOND_MAX, "LATE_MAX");
    var overloads = allowance(meters, OVERLOAD_PER_SECOND_MAX, "OVERLOAD_MAX");
    try {
      OpenTelemetrySdk sdk = sdk(settings, gate);
      return new Tracing(sdk, gate, Telemetry.of(meters, sdk, faults, overloads));
    } catch (ConfigurationException e) {
      throw new IllegalArgumentException(
          "environment: %s (expected: what OpenTelemetry's SDK understands in OTEL_… variables)"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static LateAllowance allowance(Meters meters, int perSecondMax, String reason) {
    var dropped = meters.counter("icecube_otel_spans_dropped_total", "reason", reason);
    return new LateAllowance(perSecondMax, System::nanoTime, dropped);
  }

  private static OpenTelemetrySdk sdk(Settings settings, SpanGate gate) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .addPropertiesCustomizer(config -> properties(settings))
        .addResourceCustomizer((found, config) -> resource(settings, found))
        .addSamplerCustomizer((found, config) -> sampler(settings, found, config))
        .addSpanExporterCustomizer((exporter, config) -> gate.behind(exporter))
        .addSpanProcessorCustomizer(
            (queue, config) ->
                gate.before(queue, config.getInt("otel.bsp.max.queue.size", QUEUE_SPANS_MAX)))
        .build()
        .getOpenTelemetrySdk();
  }

  /** Metrics and logs go other ways; all else is as the environment says. */
  private static Map<String, String> properties(Settings settings) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.bsp.schedule.delay", "1000");
    settings
        .environment()
        .forEach(
            (name, value) -> {
              if (name.startsWith("OTEL_")) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
              }
            });
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    return properties;
  }

  /** Who we are, unless {@code OTEL_SERVICE_NAME} or {@code OTEL_RESOURCE_ATTRIBUTES} say it. */
  private static Resource resource(Settings settings, Resource found) {
    var ours =
        Resource.create(
            Attributes.builder()
                .put(SERVICE_NAME, "icecube-" + settings.service())
                .put("service.namespace", "icecube")
                .put("service.version", settings.version())
                .put("service.instance.id", settings.instanceId())
                .build());
    String said = found.getAttribute(SERVICE_NAME);
    boolean isNameSaid = said != null && !said.startsWith("unknown_service");
    return ours.merge(
        found.toBuilder().removeIf(key -> !isNameSaid && key.equals(SERVICE_NAME)).build());
  }

  private static Sampler sampler(Settings settings, Sampler found, ConfigProperties config) {
    boolean isSaid = config.getString("otel.traces.sampler") != null;
    Sampler drawn =
        isSaid && settings.ratio().isEmpty()
            ? found
            : Sampler.parentBased(
                Sampler.traceIdRatioBased(settings.ratio().orElse(RATIO_DEFAULT)));
    return new KeepingSampler(drawn, settings.ratioToKeepBy() > 0);
  }

  /** What the service is handed: its meters and its traces. */
  public Telemetry telemetry() {
    return telemetry;
  }

  /**
   * Sends what is left, for at most {@link #CLOSE_MAX}; what has not left by then is counted as
   * dropped. Later calls do nothing.
   */
  @Override
  public void close() {
    if (sdk != null && gate != null) {
      var unused = sdk.shutdown().join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
      gate.close();
    }
  }
}
