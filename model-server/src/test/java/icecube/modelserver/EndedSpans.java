// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.Comparator;
import java.util.List;

/**
 * The spans that a model server has ended, in memory. Rooms above it have the like in testkit,
 * which this room cannot use.
 */
final class EndedSpans implements AutoCloseable {
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();

  /** Telemetry whose spans come here. */
  Telemetry telemetry(MeterRegistry meters) {
    return Telemetry.of(meters, sdk);
  }

  List<SpanData> all() {
    return exporter.getFinishedSpanItems();
  }

  /** Those of a name, in the order of their starts. */
  List<SpanData> named(String name) {
    return all().stream()
        .filter(span -> span.getName().equals(name))
        .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
        .toList();
  }

  @Override
  public void close() {
    sdk.close();
  }
}
