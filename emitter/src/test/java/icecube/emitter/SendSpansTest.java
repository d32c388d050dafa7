// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import icecube.otel.Telemetry;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.RecordedSpans;
import icecube.v1.DeadLetterBatch;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SendSpansTest {
  private static final EmitterSettings LEAVES =
      EmitterSettings.DEFAULT.withEntries(2, 1_000).leavingAfterEmission();

  private final InMemoryEventLog log = new InMemoryEventLog(1);

  // Closed after the test: it then forgets what it has.
  private RecordedSpans spans = new RecordedSpans();

  private Telemetry telemetry(Sampler sampler) {
    spans = new RecordedSpans(sampler);
    return spans.telemetry();
  }

  @AfterEach
  void close() {
    spans.close();
    log.close();
  }

  @Test
  void entryThatIsDrawnIsTracedWhateverIsRefusedOfIt() throws Exception {
    emitOneWithARefusal(telemetry(Sampler.alwaysOn()));

    var span = spans.ended().get(0);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(entryTraceparent()).contains(span.getTraceId());
    assertThat(letterTraceparent()).contains(span.getSpanId());
  }

  @Test
  void refusalOfAnEntryThatIsNotDrawnTracesItsLetterAndNotItsWay() throws Exception {
    emitOneWithARefusal(telemetry(new SecondOnly()));

    var span = spans.ended().get(0);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(entryTraceparent()).isEmpty();
    assertThat(letterTraceparent()).contains(span.getSpanId());
  }

  /** Does not draw the first span, which is the entry's, and keeps the next, which is late. */
  private static final class SecondOnly implements Sampler {
    private boolean isAsked;

    @Override
    public SamplingResult shouldSample(
        Context parent,
        String traceId,
        String name,
        SpanKind kind,
        Attributes attributes,
        List<LinkData> links) {
      var result = isAsked ? SamplingResult.recordAndSample() : SamplingResult.drop();
      isAsked = true;
      return result;
    }

    @Override
    public String getDescription() {
      return "SecondOnly";
    }
  }

  private void emitOneWithARefusal(Telemetry telemetry) throws InterruptedException {
    var source = new ListSource(List.of(ListSource.event(1, 2), ListSource.unsound(2)));
    new Emitter(source, log, LEAVES, telemetry).run();
  }

  private String entryTraceparent() {
    try (var reader = log.openReader(0, "test")) {
      return reader.readNew(1, Duration.ZERO).get(0).traceparent();
    }
  }

  private String letterTraceparent() throws Exception {
    var letters = log.deadLetters(0, "", 1).get(0);
    return DeadLetterBatch.parseFrom(letters.payload()).getTraceparent();
  }

  @Test
  void spansOfEntriesThatWaitEndWithTheEmitter() throws Exception {
    var silent = new CrashingEventLog(log, 2, false);
    var emitter = new Emitter(ListSource.of(6), silent, LEAVES, telemetry(Sampler.alwaysOn()));
    assertThatIllegalStateException().isThrownBy(emitter::run);

    assertThat(spans.ended())
        .hasSize(3)
        .allSatisfy(
            span ->
                assertThat(span.getEvents())
                    .extracting(EventData::getName)
                    .containsExactly("emitter closed"));
  }
}
