// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.PredictRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The spans of requests at which a model breaks. */
@Timeout(60)
final class RequestTracesTest {
  private static final String SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final EndedSpans spans = new EndedSpans();
  private final ServiceFixture fixture =
      new ServiceFixture(
          new RequestTraces(spans.telemetry(new SimpleMeterRegistry()).traces()),
          true,
          1,
          1_000,
          BuiltInModels.served(BuiltInModels.LINE_FIT));

  @AfterEach
  void close() {
    fixture.close();
    spans.close();
  }

  private void askWhatBreaks(String traceparent) {
    var event = Samples.event(new SplittableRandom(GateModel.BREAKS), GateModel.BREAKS, 12);
    PredictRequest request =
        Samples.eventsRequest(List.of(event))
            .setModelName("gate")
            .setDegradedAllowed(true)
            .setTraceparent(traceparent)
            .build();
    assertThat(fixture.blocking().predict(request).getModelName()).isEqualTo("line-fit");
  }

  @Test
  void modelThatBreaksAndItsStandInHaveAQueueAndAComputeEach() {
    askWhatBreaks(SAMPLED);
    Waiting.until("the rounds have ended", () -> spans.named("round").size() == 2);

    var queues = spans.named("queue");
    var computes = spans.named("compute");
    assertThat(queues).hasSize(2);
    assertThat(computes).hasSize(2);
    assertThat(computes.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(computes.get(0).getAttributes().asMap().toString())
        .contains("error.type=INTERNAL", "icecube.reason=INTERNAL");
    assertThat(computes.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(queues.get(1).getStartEpochNanos())
        .isGreaterThanOrEqualTo(computes.get(0).getEndEpochNanos() - 1_000_000);
    assertThat(spans.named("icecube.v1.ModelService/Predict")).hasSize(1);

    var runs = spans.named("run");
    assertThat(runs).hasSize(2);
    assertThat(runs.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(runs.get(0).getAttributes().asMap().toString()).contains("error.type=java.lang.");
    assertThat(runs.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void breakThatNobodyDrewIsRecordedLate() {
    askWhatBreaks("");
    Waiting.until("the late span", () -> !spans.all().isEmpty());

    assertThat(spans.all()).hasSize(1);
    var late = spans.all().get(0);
    assertThat(late.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(late.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(late.getAttributes().asMap().toString()).contains("icecube.reason=INTERNAL");
  }
}
