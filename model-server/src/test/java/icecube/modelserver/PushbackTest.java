// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.Reason;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who asks a server that is minutes behind, and allows seconds, is told at once and for how long to
 * stay away, whichever way it asks.
 */
@Timeout(60)
final class PushbackTest {
  private static final Duration EXPECTED = QueueRefusals.DELAY_MAX;

  private final ServiceFixture fixture = new ServiceFixture(false, 1, 1_000);

  @BeforeEach
  void letTheQueueBeMinutesLong() throws InterruptedException {
    // A second a byte.
    fixture.served.pace().saw(1, TimeUnit.SECONDS.toNanos(1));
    var caller = new PredictStreamCaller(fixture.async());
    caller.send(1, request());
    fixture.gate.entered.acquire();
    caller.send(2, request());
    Waiting.until("one waits", () -> fixture.queue.waitingEvents() == 1);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void predictSaysSoInItsStatusAndItsTrailers() {
    assertThatThrownBy(() -> fixture.blocking().predict(request().build()))
        .satisfies(PushbackTest::assertPushback);
    assertThat(dropped("WAIT_TOO_LONG")).isEqualTo(1);
    assertThat(dropped("QUEUE_FULL")).isZero();
  }

  @Test
  void predictStreamSaysSoInTheRequestsStatus() throws InterruptedException {
    var caller = new PredictStreamCaller(fixture.async());
    caller.send(3, request().setTimeoutMs(1_000));

    var status = caller.next().getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
    assertThat(Reasons.reasonOf(status)).contains(Reason.REASON_WAIT_TOO_LONG);
    assertThat(Reasons.retryDelayOf(status)).contains(EXPECTED);
    assertThat(dropped("WAIT_TOO_LONG")).isEqualTo(1);
  }

  @Test
  void modelInferSaysSoInItsStatusAndItsTrailers() {
    assertThatThrownBy(
            () -> fixture.open().modelInfer(OipSamples.zeros(1).setModelName("gate").build()))
        .satisfies(PushbackTest::assertPushback);
    assertThat(dropped("WAIT_TOO_LONG")).isEqualTo(1);
  }

  @Test
  void modelStreamInferSaysSoInTheMessageAndAParameter() throws InterruptedException {
    var caller = new OipStreamCaller(GRPCInferenceServiceGrpc.newStub(fixture.channel));
    caller.send(
        "late",
        OipSamples.zeros(1)
            .setModelName("gate")
            .putParameters("timeout", OipSamples.integer(1_000_000)));

    var refused = caller.next();
    assertThat(refused.getErrorMessage()).startsWith("RESOURCE_EXHAUSTED WAIT_TOO_LONG: queue: ");
    assertThat(refused.getInferResponse().getId()).isEqualTo("late");
    assertThat(refused.getInferResponse().getParametersMap().get("retry_delay_ms"))
        .isEqualTo(OipSamples.integer(EXPECTED.toMillis()));
  }

  @Test
  void aStreamThatAskedForRealErrorsEndsWithStatusAndTrailers() throws Exception {
    var header = new Metadata();
    header.put(Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER), "true");
    var caller =
        new OipStreamCaller(
            GRPCInferenceServiceGrpc.newStub(fixture.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header)));
    caller.send(
        "late",
        OipSamples.zeros(1)
            .setModelName("gate")
            .putParameters("timeout", OipSamples.integer(1_000_000)));

    assertPushback(requireNonNull(caller.awaitEnd()));
  }

  @Test
  void whoAllowsEnoughTimeWaits() {
    var caller = new PredictStreamCaller(fixture.async());
    caller.send(3, request());

    Waiting.until("it waits, too", () -> fixture.queue.waitingEvents() == 2);
    assertThat(dropped("WAIT_TOO_LONG")).isZero();
  }

  private static void assertPushback(Throwable failure) {
    var trailers = requireNonNull(Status.trailersFromThrowable(failure));
    assertThat(trailers.get(Reasons.RETRY_PUSHBACK_MS))
        .isEqualTo(Long.toString(EXPECTED.toMillis()));
    var status = requireNonNull(StatusProto.fromThrowable(failure));
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
    assertThat(Reasons.reasonOf(status)).contains(Reason.REASON_WAIT_TOO_LONG);
    assertThat(Reasons.retryDelayOf(status)).contains(EXPECTED);
  }

  private double dropped(String reason) {
    return fixture.count("icecube.modelserver.requests.dropped", "reason", reason);
  }

  private static PredictRequest.Builder request() {
    var event = Samples.event(new SplittableRandom(1), 1, 4);
    return Samples.eventsRequest(List.of(event)).setModelName("gate");
  }
}
