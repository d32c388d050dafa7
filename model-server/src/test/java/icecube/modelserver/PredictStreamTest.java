// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Streams and overload, over netty, on a model the test holds back. */
final class PredictStreamTest {
  @Test
  void answersCarryTheirRequestsIdWhateverTheirOrder() throws Exception {
    try (var fixture = new ServiceFixture(true, 2, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      var open = new HashSet<Long>();
      for (long id = 1; id <= 500; id++) {
        caller.send(id, request(id));
        open.add(id);
      }
      caller.complete();

      for (int answer = 0; answer < 500; answer++) {
        var response = caller.next();
        assertThat(open.remove(response.getRequestId())).isTrue();
        assertThat(response.getResults(0).getPrediction().getEventId())
            .isEqualTo(response.getRequestId());
      }
      assertThat(caller.awaitEnd()).isNull();
      assertThat(fixture.count("icecube.modelserver.requests.answered")).isEqualTo(500);
      assertThat(fixture.count("icecube.modelserver.events.predicted", "model", "gate"))
          .isEqualTo(500);
    }
  }

  @Test
  void aQuickRequestOvertakesASlowOne() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      caller.send(2, PredictRequest.newBuilder());

      assertThat(caller.next().getRequestId()).isEqualTo(2);
      fixture.gate.letThrough(1);
      assertThat(caller.next().getRequestId()).isEqualTo(1);
    }
  }

  @Test
  void badRequestsNeverEndTheStream() throws Exception {
    try (var fixture = new ServiceFixture(true, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, PredictRequest.newBuilder());
      assertReason(caller.next(), 1, Reason.REASON_REQUEST_EMPTY);
      caller.send(2, request(2).setModelName("nobody"));
      assertReason(caller.next(), 2, Reason.REASON_MODEL_UNKNOWN);
      caller.send(3, request(3).setModelName("ill"));
      assertReason(caller.next(), 3, Reason.REASON_MODEL_NOT_READY);
      caller.send(4, request(GateModel.BREAKS));
      assertReason(caller.next(), 4, Reason.REASON_INTERNAL);
      var mismatched = request(5);
      mismatched.getEventsBuilder().addEventId(9);
      caller.send(5, mismatched);
      assertReason(caller.next(), 5, Reason.REASON_COLUMNS_MISMATCHED);

      caller.send(6, request(6));
      assertThat(caller.next().getResults(0).hasPrediction()).isTrue();
      caller.complete();
      assertThat(caller.awaitEnd()).isNull();
      assertThat(fixture.count("icecube.modelserver.requests.dropped", "reason", "MODEL_NOT_READY"))
          .isEqualTo(1);
    }
  }

  @Test
  void aFullQueueIsOverloadWithTheDelayToStayAway() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 2)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      fixture.gate.entered.acquire();
      caller.send(2, request(2));
      caller.send(3, request(3));
      caller.send(4, request(4));

      var refused = caller.next();
      assertReason(refused, 4, Reason.REASON_QUEUE_FULL);
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
      assertThat(Reasons.retryDelayOf(refused.getStatus())).contains(Reasons.RETRY_DELAY);
      assertThatThrownBy(() -> fixture.blocking().predict(request(5).build()))
          .satisfies(
              e -> {
                assertThat(Reasons.reasonOf(e)).contains(Reason.REASON_QUEUE_FULL);
                assertThat(Status.trailersFromThrowable(e).get(Reasons.RETRY_PUSHBACK_MS))
                    .isEqualTo("100");
              });

      fixture.gate.letThrough(3);
      assertThat(List.of(id(caller), id(caller), id(caller))).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void aRequestThatCouldNeverFitTheQueueIsTooLargeNotOverload() throws Exception {
    try (var fixture = new ServiceFixture(true, 1, 2)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, Samples.eventsRequest(Samples.events(new SplittableRandom(1), 3)));

      assertReason(caller.next(), 1, Reason.REASON_REQUEST_TOO_LARGE);
    }
  }

  @Test
  void aRequestThatWaitedTooLongIsNotRun() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      fixture.gate.entered.acquire();
      caller.send(2, request(2).setTimeoutMs(1));
      Waiting.until("request 2 waits", () -> fixture.queue.waitingEvents() == 1);
      long came = System.nanoTime();
      Waiting.until("1 ms has passed", () -> System.nanoTime() - came > 2_000_000);
      fixture.gate.letThrough(1);

      assertThat(caller.next().getRequestId()).isEqualTo(1);
      assertReason(caller.next(), 2, Reason.REASON_TIMEOUT_EXPIRED);
      assertThat(fixture.gate.entered.availablePermits()).isZero();
    }
  }

  @Test
  void aUnaryCallThatGaveUpIsDroppedFromTheQueue() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      fixture.gate.entered.acquire();

      assertThatThrownBy(
              () ->
                  fixture
                      .blocking()
                      .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                      .predict(request(2).build()))
          .hasMessageStartingWith("DEADLINE_EXCEEDED");

      Waiting.until("the queue is empty", () -> fixture.queue.waitingEvents() == 0);
      fixture.gate.letThrough(1);
      assertThat(caller.next().getRequestId()).isEqualTo(1);
      assertThat(fixture.gate.entered.availablePermits()).isZero();
    }
  }

  @Test
  void whatACancelledStreamWaitsForIsDropped() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      fixture.gate.entered.acquire();
      for (long id = 2; id <= 10; id++) {
        caller.send(id, request(id));
      }
      Waiting.until("nine wait", () -> fixture.queue.waitingEvents() == 9);

      caller.cancel();

      Waiting.until("none waits", () -> fixture.queue.waitingEvents() == 0);
      Waiting.until("the stream is gone", () -> fixture.service.streamCount() == 0);
      assertThat(fixture.count("icecube.modelserver.requests.dropped", "reason", "CANCELLED"))
          .isEqualTo(9);
    }
  }

  @Test
  void aStreamIsReadNoFurtherThanItsLimitInFlight() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      for (long id = 1; id <= 300; id++) {
        caller.send(id, request(id));
      }
      Waiting.until(
          "the limit is reached",
          () -> fixture.queue.eventsInFlight() == StreamAnswers.IN_FLIGHT_MAX);
      // Another call on the same connection is answered, so the rest had every chance to be read.
      assertThatThrownBy(() -> fixture.blocking().predict(PredictRequest.getDefaultInstance()))
          .hasMessageContaining("INVALID_ARGUMENT");
      assertThat(fixture.queue.eventsInFlight()).isEqualTo(StreamAnswers.IN_FLIGHT_MAX);

      fixture.gate.letThrough(300);
      var seen = new HashSet<Long>();
      for (int answer = 0; answer < 300; answer++) {
        seen.add(id(caller));
      }
      assertThat(seen).hasSize(300);
    }
  }

  @Test
  void aDrainAnswersWhatIsInFlightRefusesTheRestAndEndsTheStream() throws Exception {
    try (var fixture = new ServiceFixture(false, 1, 8_192)) {
      var caller = new PredictStreamCaller(fixture.async());
      caller.send(1, request(1));
      fixture.gate.entered.acquire();
      assertThat(fixture.queue.drain(Duration.ofMillis(1))).isFalse();
      caller.send(2, request(2));
      assertReason(caller.next(), 2, Reason.REASON_DRAINING);
      fixture.service.endStreams();

      fixture.gate.letThrough(1);

      assertThat(caller.next().getRequestId()).isEqualTo(1);
      assertThat(Reasons.reasonOf(requireNonNull(caller.awaitEnd())))
          .contains(Reason.REASON_DRAINING);
      assertThat(fixture.queue.drain(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void manyStreamsAtOnceEachGetTheirOwnAnswers() throws Exception {
    try (var fixture = new ServiceFixture(true, 2, 8_192)) {
      var callers = new ArrayList<PredictStreamCaller>();
      for (int stream = 0; stream < 20; stream++) {
        callers.add(new PredictStreamCaller(fixture.async()));
      }
      for (long id = 1; id <= 50; id++) {
        for (int stream = 0; stream < 20; stream++) {
          callers.get(stream).send(id, request(1_000L * stream + id));
        }
      }
      for (int stream = 0; stream < 20; stream++) {
        for (int answer = 0; answer < 50; answer++) {
          var response = callers.get(stream).next();
          assertThat(response.getResults(0).getPrediction().getEventId())
              .isEqualTo(1_000L * stream + response.getRequestId());
        }
        callers.get(stream).complete();
        assertThat(callers.get(stream).awaitEnd()).isNull();
      }
    }
  }

  private static PredictRequest.Builder request(long eventId) {
    Event event = Samples.event(new SplittableRandom(eventId), eventId, 5);
    return Samples.eventsRequest(List.of(event));
  }

  private static long id(PredictStreamCaller caller) throws InterruptedException {
    return caller.next().getRequestId();
  }

  private static void assertReason(PredictResponse response, long requestId, Reason reason) {
    assertThat(response.getRequestId()).isEqualTo(requestId);
    assertThat(Reasons.reasonOf(response.getStatus())).contains(reason);
    assertThat(response.getStatus().getCode()).isEqualTo(Reasons.codeOf(reason).value());
    assertThat(response.getResultsCount()).isZero();
  }
}
