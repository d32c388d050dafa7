// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import icecube.otel.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The spans that services end, in memory, until this is closed. Thread-safe. */
public final class RecordedSpans implements AutoCloseable {
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk;

  /** Of all that begins here, and of what others have drawn. */
  public RecordedSpans() {
    this(Sampler.parentBased(Sampler.alwaysOn()));
  }

  /** Of what {@code sampler} draws. */
  public RecordedSpans(Sampler sampler) {
    sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setSampler(sampler)
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
  }

  /** What one more service tells itself by: its spans come here, its meters are its own. */
  public Telemetry telemetry() {
    return Telemetry.of(new SimpleMeterRegistry(), sdk);
  }

  /** Those that have ended, in that order. */
  public List<SpanData> ended() {
    return exporter.getFinishedSpanItems();
  }

  /** Those of this name and kind that have ended. */
  public List<SpanData> named(String name, SpanKind kind) {
    return ended().stream()
        .filter(span -> span.getName().equals(name) && span.getKind() == kind)
        .toList();
  }

  /** What is wrong with them by {@code otel/spans.yaml}. */
  public List<String> faults() throws IOException {
    var dictionary = SpanDictionary.read();
    return ended().stream().map(dictionary::fault).flatMap(Optional::stream).toList();
  }

  @Override
  public void close() {
    sdk.close();
  }
}
