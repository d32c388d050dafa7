// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ModelStreamInfer over a real port. */
final class OipStreamTest {
  private static final int WORKERS = 2;

  private ServiceFixture fixture = new ServiceFixture(true, WORKERS, 8_192);

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void everyRequestIsAnsweredUnderItsId() throws Exception {
    var caller = new OipStreamCaller(stub());
    var wanted = new TreeSet<String>();
    for (int number = 0; number < 200; number++) {
      caller.send("request-" + number, OipSamples.zeros(1 + number % 3));
      wanted.add("request-" + number);
    }
    var answered = new TreeSet<String>();
    for (int number = 0; number < 200; number++) {
      var response = caller.next();
      assertThat(response.getErrorMessage()).isEmpty();
      assertThat(response.getInferResponse().getRawOutputContents(0).size() % 12).isZero();
      assertThat(response.getInferResponse().getParametersMap().get("triton_final_response"))
          .returns(true, parameter -> requireNonNull(parameter).getBoolParam());
      answered.add(response.getInferResponse().getId());
    }
    caller.complete();

    assertThat(caller.awaitEnd()).isNull();
    assertThat(answered).isEqualTo(wanted);
    Waiting.until("no stream is open", () -> fixture.openService.streamCount() == 0);
  }

  @Test
  void aWrongRequestIsAnsweredByAMessageAndEndsNothing() throws Exception {
    var caller = new OipStreamCaller(stub());
    caller.send("unknown", OipSamples.zeros(1).setModelName("nobody"));
    caller.send("ill", OipSamples.zeros(1).setModelName("ill"));
    caller.send("empty", OipSamples.zeros(1).clearInputs().clearRawInputContents());
    caller.send("sound", OipSamples.zeros(1));

    for (int answer = 0; answer < 4; answer++) {
      var response = caller.next();
      String message = response.getErrorMessage();
      switch (response.getInferResponse().getId()) {
        case "unknown" ->
            assertThat(message).startsWith("NOT_FOUND MODEL_UNKNOWN: model_name: nob");
        case "ill" -> assertThat(message).startsWith("UNAVAILABLE MODEL_NOT_READY: model: ill/1");
        case "empty" ->
            assertThat(message)
                .isEqualTo("INVALID_ARGUMENT TENSORS_INVALID: inputs: 0 (expected: 1..64)");
        default -> assertThat(message).isEmpty();
      }
    }
    caller.complete();
    assertThat(caller.awaitEnd()).isNull();
    assertThat(fixture.count("icecube.modelserver.requests.dropped", "reason", "MODEL_UNKNOWN"))
        .isEqualTo(1);
  }

  @Test
  void aCallerWhoAsksForStatusesGetsOneAndTheStreamEnds() throws Exception {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER), "true");
    var caller =
        new OipStreamCaller(
            stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
    caller.send("sound", OipSamples.zeros(1));
    assertThat(caller.next().getInferResponse().getId()).isEqualTo("sound");
    caller.send("unknown", OipSamples.zeros(1).setModelName("nobody"));

    var failure = requireNonNull(caller.awaitEnd());
    assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(Reasons.reasonOf(failure)).contains(Reason.REASON_MODEL_UNKNOWN);
    Waiting.until("no stream is open", () -> fixture.openService.streamCount() == 0);
  }

  @Test
  void aFullQueueIsToldInTheMessage() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 2);
    var caller = new OipStreamCaller(stub());
    caller.send("runs", OipSamples.zeros(2));
    fixture.gate.entered.acquire();
    caller.send("waits", OipSamples.zeros(2));
    caller.send("too-much", OipSamples.zeros(1));

    var refused = caller.next();
    assertThat(refused.getInferResponse().getId()).isEqualTo("too-much");
    assertThat(refused.getErrorMessage()).startsWith("RESOURCE_EXHAUSTED QUEUE_FULL: queue: 2 eve");
    fixture.gate.letThrough(2);
    assertThat(caller.next().getInferResponse().getId()).isEqualTo("runs");
    assertThat(caller.next().getInferResponse().getId()).isEqualTo("waits");
  }

  @Test
  void whatWaitsForACallerThatHasGoneIsNotRun() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 100);
    var caller = new OipStreamCaller(stub());
    caller.send("runs", OipSamples.zeros(1));
    fixture.gate.entered.acquire();
    caller.send("waits", OipSamples.zeros(5));
    Waiting.until("two are in flight", () -> fixture.queue.eventsInFlight() == 6);
    caller.cancel();

    Waiting.until("the waiting one is gone", () -> fixture.queue.eventsInFlight() == 1);
    Waiting.until(
        "the metric says so",
        () -> fixture.count("icecube.modelserver.requests.dropped", "reason", "CANCELLED") == 1);
  }

  @Test
  void onlySoManyRequestsOfOneStreamAreInFlight() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 8_192);
    var caller = new OipStreamCaller(stub());
    for (int number = 0; number < StreamAnswers.IN_FLIGHT_MAX + 20; number++) {
      caller.send(Integer.toString(number), OipSamples.zeros(1));
    }
    Waiting.until(
        "the window is full", () -> fixture.queue.eventsInFlight() == StreamAnswers.IN_FLIGHT_MAX);
    fixture.gate.letThrough(StreamAnswers.IN_FLIGHT_MAX + 20);
    for (int number = 0; number < StreamAnswers.IN_FLIGHT_MAX + 20; number++) {
      assertThat(caller.next().getErrorMessage()).isEmpty();
    }
  }

  private GRPCInferenceServiceStub stub() {
    return GRPCInferenceServiceGrpc.newStub(fixture.channel);
  }
}
