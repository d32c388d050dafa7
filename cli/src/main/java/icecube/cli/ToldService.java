// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Closer;
import icecube.chassis.InstanceIds;
import icecube.otel.Telemetry;
import icecube.otel.Tracing;
import icecube.v1.Instance;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * What one service tells of itself, under one id: meters that are scraped, and traces that are sent
 * where the standard environment variables of OpenTelemetry say. Thread-safe.
 *
 * @param kind such as {@code consumer}
 * @param instanceId unique to this start, as the registry knows it
 * @param meters where it counts, and where that is shown
 * @param telemetry what it is handed
 */
record ToldService(
    String kind, String instanceId, PrometheusMeterRegistry meters, Telemetry telemetry) {

  /** Which traces are drawn, and where the {@code OTEL_…} variables stand. */
  record TraceSettings(OptionalDouble ratio, Map<String, String> environment) {
    /** As this process was told, by nothing but its environment. */
    static TraceSettings ofProcess() {
      return ofProcess(OptionalDouble.empty());
    }

    /** The same with a ratio that a flag has set. */
    static TraceSettings ofProcess(OptionalDouble ratio) {
      return new TraceSettings(ratio, System.getenv());
    }
  }

  /**
   * Begins to tell; what it opens is closed by {@code closer}.
   *
   * @throws SettingException if an {@code OTEL_…} variable cannot be understood
   */
  static ToldService begin(String kind, TraceSettings traces, Closer closer) {
    var id = InstanceIds.newId(kind, new SplittableRandom());
    var meters = Telemetry.registry();
    closer.add(meters::close);
    var tracing =
        closer.add(
            SettingException.checked(
                () ->
                    Tracing.start(
                        new Tracing.Settings(
                            kind, id, Main.Version.words(), traces.ratio(), traces.environment()),
                        meters)));
    Main.Version.show(tracing.telemetry().meters());
    return new ToldService(kind, id, meters, tracing.telemetry());
  }

  /** Who it is, with the addresses {@code host:port}, or empty for none. */
  Instance instance(String address, String managementAddress) {
    return InstanceIds.of(kind, instanceId, address, managementAddress, Clock.systemUTC());
  }
}
