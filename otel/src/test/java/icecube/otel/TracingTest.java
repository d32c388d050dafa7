// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TracingTest {
  /** Enough to tell a ratio of 0, some and 1 apart. */
  private static final int TRIES = 200;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private HttpServer collector;

  @BeforeEach
  void listen() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            received.add(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private Map<String, String> environment(String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getAddress().getPort());
    environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    for (int at = 0; at < more.length; at += 2) {
      environment.put(more[at], more[at + 1]);
    }
    return environment;
  }

  private Tracing start(OptionalDouble ratio, Map<String, String> environment) {
    return Tracing.start(
        new Tracing.Settings("consumer", "consumer-4f2a9c", "0.1.0", ratio, environment), registry);
  }

  private static int drawn(Tracing tracing) {
    int drawn = 0;
    for (int each = 0; each < TRIES; each++) {
      var span = tracing.telemetry().traces().start(SpanKind.PRODUCER, "send events", "");
      drawn += span.getSpanContext().isSampled() ? 1 : 0;
      span.end();
    }
    return drawn;
  }

  @Test
  void withoutAnEndpointThereAreNoTraces() {
    for (Map<String, String> environment :
        List.of(
            Map.<String, String>of(),
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " "),
            environment("OTEL_SDK_DISABLED", "true"),
            environment("OTEL_TRACES_EXPORTER", "none"))) {
      try (var tracing = start(OptionalDouble.of(1), environment)) {
        assertThat(tracing.telemetry().traces().isOn()).isFalse();
        assertThat(registry.getMeters()).isEmpty();
      }
    }
  }

  @Test
  void spansGoWhereOneVariableSaysAndSayWhoseTheyAre() {
    try (var tracing = start(OptionalDouble.of(1), environment())) {
      tracing.telemetry().traces().start(SpanKind.CONSUMER, "process events", "").end();
    }

    assertThat(received).hasSize(1);
    assertThat(received.get(0))
        .contains("process events", "icecube-consumer", "consumer-4f2a9c", "icecube", "0.1.0");
    assertThat(registry.get("icecube.otel.spans.exported").counter().count()).isEqualTo(1);
  }

  @Test
  void whatTheEnvironmentSaysOfTheServiceWins() {
    var environment =
        environment(
            "OTEL_SERVICE_NAME", "north",
            "OTEL_RESOURCE_ATTRIBUTES",
                "service.instance.id=pod-7,deployment.environment.name=test");
    try (var tracing = start(OptionalDouble.of(1), environment)) {
      tracing.telemetry().traces().start(SpanKind.CONSUMER, "process events", "").end();
    }

    assertThat(received.get(0))
        .contains("north", "pod-7", "deployment.environment.name")
        .doesNotContain("icecube-consumer", "consumer-4f2a9c");
  }

  @Test
  void servicesOfOneProcessAreTracedApart() {
    var other =
        new Tracing.Settings("emitter", "emitter-1", "0.1.0", OptionalDouble.of(1), environment());
    try (var consumer = start(OptionalDouble.of(1), environment());
        var emitter = Tracing.start(other, new SimpleMeterRegistry())) {
      consumer.telemetry().traces().start(SpanKind.CONSUMER, "process events", "").end();
      emitter.telemetry().traces().start(SpanKind.PRODUCER, "send events", "").end();
    }

    assertThat(received).hasSize(2);
    assertThat(received)
        .anyMatch(each -> each.contains("icecube-emitter") && each.contains("send events"))
        .anyMatch(each -> each.contains("icecube-consumer") && each.contains("process events"));
  }

  @Test
  void flagWinsOverTheVariableAndTheVariableOverTheDefault() {
    try (var tracing = start(OptionalDouble.empty(), environment())) {
      assertThat(drawn(tracing)).isLessThan(TRIES / 4);
    }
    try (var tracing =
        start(OptionalDouble.empty(), environment("OTEL_TRACES_SAMPLER", "always_on"))) {
      assertThat(drawn(tracing)).isEqualTo(TRIES);
    }
    try (var tracing =
        start(OptionalDouble.of(0), environment("OTEL_TRACES_SAMPLER", "always_on"))) {
      assertThat(drawn(tracing)).isZero();
    }
    try (var tracing =
        start(OptionalDouble.of(1), environment("OTEL_TRACES_SAMPLER", "always_off"))) {
      assertThat(drawn(tracing)).isEqualTo(TRIES);
    }
  }

  @Test
  void atRatioZeroOnlyFaultsAreKept() {
    for (var environment :
        List.of(
            environment("OTEL_TRACES_SAMPLER", "always_off"),
            environment("OTEL_TRACES_SAMPLER", "parentbased_always_off"),
            environment(
                "OTEL_TRACES_SAMPLER",
                "parentbased_traceidratio",
                "OTEL_TRACES_SAMPLER_ARG",
                "0"))) {
      try (var tracing = start(OptionalDouble.empty(), environment)) {
        var traces = tracing.telemetry().traces();
        assertThat(traces.first(SpanKind.PRODUCER, "send events").isRecording()).isFalse();
        assertThat(traces.late(SpanKind.CONSUMER, "process events", "", 0).isRecording()).isTrue();
      }
    }
  }

  @Test
  void faultsBeyondTheLimitAreDroppedAndCounted() {
    try (var tracing = start(OptionalDouble.of(0), environment())) {
      int asked = 3 * Tracing.LATE_PER_SECOND_MAX;
      int recorded = 0;
      for (int each = 0; each < asked; each++) {
        var span = tracing.telemetry().traces().late(SpanKind.CONSUMER, "process events", "", 0);
        recorded += span.isRecording() ? 1 : 0;
        span.end();
      }
      // The second may change once or twice while we ask.
      assertThat(recorded).isBetween(Tracing.LATE_PER_SECOND_MAX, asked - 1);
      assertThat(
              registry
                  .get("icecube.otel.spans.dropped")
                  .tag("reason", "LATE_MAX")
                  .counter()
                  .count())
          .isEqualTo(asked - recorded);
    }
  }

  @Test
  void refusalsForOverloadLeaveRoomForFaults() {
    try (var tracing = start(OptionalDouble.of(0), environment())) {
      var traces = tracing.telemetry().traces();
      int recorded = 0;
      for (int each = 0; each < TRIES; each++) {
        var span = traces.lateOverload(SpanKind.SERVER, "Predict", "", 0);
        recorded += span.isRecording() ? 1 : 0;
        span.end();
      }
      assertThat(recorded).isBetween(Tracing.OVERLOAD_PER_SECOND_MAX, TRIES / 2);
      assertThat(dropped("OVERLOAD_MAX")).isEqualTo(TRIES - recorded);
      assertThat(dropped("LATE_MAX")).isZero();
      var fault = traces.late(SpanKind.SERVER, "Predict", "", 0);
      assertThat(fault.isRecording()).isTrue();
      fault.end();
    }
  }

  private double dropped(String reason) {
    return registry.get("icecube.otel.spans.dropped").tag("reason", reason).counter().count();
  }

  @Test
  void collectorThatIsAwayHoldsNobodyUp() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    for (String protocol : List.of("http/protobuf", "grpc")) {
      var environment =
          environment(
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              "http://127.0.0.1:" + port,
              "OTEL_EXPORTER_OTLP_PROTOCOL",
              protocol,
              "OTEL_BSP_MAX_QUEUE_SIZE",
              "512");
      var tracing = start(OptionalDouble.of(1), environment);
      long start = System.nanoTime();
      for (int span = 0; span < 20_000; span++) {
        tracing.telemetry().traces().start(SpanKind.CONSUMER, "process events", "").end();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      assertThat(
              registry
                  .get("icecube.otel.spans.dropped")
                  .tag("reason", "QUEUE_FULL")
                  .counter()
                  .count())
          .isGreaterThan(1_000);
      long closing = System.nanoTime();
      tracing.close();
      assertThat(Duration.ofNanos(System.nanoTime() - closing))
          .isLessThan(Tracing.CLOSE_MAX.plusSeconds(20));
    }
  }

  @Test
  void variableThatCannotBeUnderstoodStopsTheStartAndIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                start(
                    OptionalDouble.empty(),
                    environment("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")))
        .withMessageContaining("collector:4317");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> start(OptionalDouble.empty(), environment("OTEL_TRACES_SAMPLER", "sometimes")))
        .withMessageContaining("sometimes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start(OptionalDouble.of(1.5), environment()))
        .withMessage("trace ratio: 1.5 (expected: 0..1)");
  }
}
