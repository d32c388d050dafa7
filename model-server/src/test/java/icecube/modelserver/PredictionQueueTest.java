// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Meters;
import icecube.proto.ReasonException;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PredictionQueueTest {
  private static final int EVENTS_MAX = 10;
  private static final long BYTES_MAX = 10_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ModelServerMetrics metrics = new ModelServerMetrics(Meters.of(meters));
  private final GateModel gate = new GateModel(false);
  private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 50);
  private final PredictionQueue queue =
      PredictionQueue.start(
          1,
          EVENTS_MAX,
          BYTES_MAX,
          nowNanos::get,
          new PredictionWorker(metrics, RequestTraces.OFF),
          metrics);
  private final Ends ends = new Ends();

  @AfterEach
  void close() {
    gate.letThrough(1_000);
    queue.close();
    assertThat(Waiting.threads("model-worker-")).isEmpty();
  }

  @Test
  void requestsAreAnsweredOldestFirst() {
    occupyTheWorker();
    for (long id = 2; id <= 5; id++) {
      queue.submit(request(id, 1));
    }
    gate.letThrough(5);

    Waiting.until("all are answered", () -> ends.answered.size() == 5);
    assertThat(ends.answered).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void theQueueIsBoundedInEventsThatWait() {
    occupyTheWorker();
    queue.submit(request(2, 6));
    queue.submit(request(3, 4));

    assertFull(request(4, 1), "queue: 10 events wait, 1 more (expected: at most 10)");
    assertThat(queue.waitingEvents()).isEqualTo(10);
    assertThat(queue.eventsInFlight()).isEqualTo(11);
    assertThat(meters.get("icecube.modelserver.queue.events").gauge().value()).isEqualTo(10);
  }

  @Test
  void theQueueIsBoundedInBytesButAnEmptyOneTakesAnyRequest() {
    occupyTheWorker();
    queue.submit(sized(2, BYTES_MAX + 1));

    assertFull(sized(3, 1), "queue: 10001 bytes wait, 1 more (expected: at most 10000)");
    assertThat(meters.get("icecube.modelserver.queue.size.bytes").gauge().value())
        .isEqualTo(10_001);
    gate.letThrough(2);
    Waiting.until("both are answered", () -> ends.answered.size() == 2);
    assertThat(queue.waitingBytes()).isZero();
  }

  @Test
  void anExpiredRequestIsRefusedBeforeItCostsARun() {
    occupyTheWorker();
    // The clock is about to wrap around, as System.nanoTime may.
    queue.submit(expiring(2, nowNanos.get() + 100));
    queue.submit(expiring(3, nowNanos.get() + 101));
    nowNanos.addAndGet(100);
    gate.letThrough(2);

    Waiting.until("two are answered", () -> ends.answered.size() == 2);
    assertThat(ends.answered).containsExactly(1L, 3L);
    assertThat(ends.refused).containsExactly(Reason.REASON_TIMEOUT_EXPIRED);
  }

  @Test
  void aRequestThatRanTooLongIsToldSo() throws InterruptedException {
    queue.submit(expiring(1, nowNanos.get() + 100));
    gate.entered.acquire();
    nowNanos.addAndGet(100);
    gate.letThrough(1);

    Waiting.until("it is refused", () -> ends.refused.size() == 1);
    assertThat(ends.refused).containsExactly(Reason.REASON_TIMEOUT_EXPIRED);
    assertThat(ends.answered).isEmpty();
    assertThat(meters.get("icecube.modelserver.request").timer().count()).isEqualTo(1);
  }

  @Test
  void aCancelledRequestLeavesItsPlaceAndIsNeverTold() {
    occupyTheWorker();
    var request = request(2, 10);
    queue.submit(request);

    assertThat(queue.cancel(request)).isTrue();
    assertThat(queue.cancel(request)).isFalse();
    queue.submit(request(3, 10));

    gate.letThrough(2);
    Waiting.until("two are answered", () -> ends.answered.size() == 2);
    assertThat(ends.answered).containsExactly(1L, 3L);
  }

  @Test
  void equalRequestsAreStillTwo() {
    occupyTheWorker();
    var first = request(2, 1);
    var second = request(2, 1);
    queue.submit(first);
    queue.submit(second);

    assertThat(queue.cancel(second)).isTrue();
    assertThat(queue.cancel(first)).isTrue();
  }

  @Test
  void aWorkerSurvivesAModelThatThrowsAndAnAnswererThatThrows() {
    gate.letThrough(10);
    queue.submit(request(GateModel.BREAKS, 1));
    queue.submit(request(GateModel.BREAKS_BADLY, 1));
    ends.throwing = true;
    queue.submit(request(2, 1));
    Waiting.until("all have ended", () -> queue.eventsInFlight() == 0);
    ends.throwing = false;
    queue.submit(request(3, 1));

    Waiting.until("the last is answered", () -> ends.answered.contains(3L));
    assertThat(ends.refused).containsExactly(Reason.REASON_INTERNAL, Reason.REASON_INTERNAL);
  }

  @Test
  void aDrainedQueueTakesNothingMore() throws InterruptedException {
    assertThat(queue.drain(Duration.ofSeconds(1))).isTrue();

    assertThatThrownBy(() -> queue.submit(request(1, 1)))
        .isInstanceOfSatisfying(
            ReasonException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REASON_DRAINING));
  }

  @Test
  void whatStillWaitsWhenTheQueueClosesIsRefusedAndTheBalanceHolds() {
    occupyTheWorker();
    for (long id = 2; id <= 5; id++) {
      queue.submit(request(id, 1));
    }
    var closing = new Thread(queue::close, "test-close");
    closing.start();
    Waiting.until("four are refused", () -> ends.refused.size() == 4);
    gate.letThrough(1);
    Waiting.until("the first is answered", () -> ends.answered.size() == 1);

    assertThat(ends.refused).containsOnly(Reason.REASON_DRAINING);
    assertThat(meters.get("icecube.modelserver.requests.answered").counter().count()).isEqualTo(1);
    assertThat(
            meters
                .get("icecube.modelserver.requests.dropped")
                .tag("reason", "DRAINING")
                .counter()
                .count())
        .isEqualTo(4);
    Waiting.until("nothing is in flight", () -> queue.eventsInFlight() == 0);
  }

  @Test
  void shadowsAreBoundedAndTakeNobodysPlace() {
    occupyTheWorker();
    queue.submit(shadow(2, QueueLimits.SHADOW_EVENTS_MAX, 10));

    assertFull(shadow(3, 1, 10), "queue: 4096 events wait, 1 more (expected: at most 4096)");
    assertThat(queue.waitingEvents()).isZero();
    queue.submit(request(4, EVENTS_MAX));
    assertThat(queue.waitingEvents()).isEqualTo(EVENTS_MAX);
  }

  @Test
  void shadowsAreBoundedInBytes() {
    assertFull(
        shadow(1, 1, QueueLimits.SHADOW_BYTES_MAX + 1),
        "queue: 0 bytes wait, 16777217 more (expected: at most 16777216)");
  }

  @Test
  void aDrainDoesNotWaitForShadows() throws InterruptedException {
    occupyTheWorker();
    queue.submit(shadow(2, 1, 10));
    var drained = new AtomicBoolean();
    var draining = new Thread(() -> drained.set(isDrained()), "test-drain");
    draining.start();
    Waiting.until("it drains", () -> isRefused(request(3, 1)));
    gate.letThrough(1_000);
    draining.join(20_000);

    assertThat(drained).isTrue();
    assertThat(ends.answered).doesNotContain(2L);
    queue.close();
    assertThat(ends.refused).containsExactly(Reason.REASON_DRAINING);
    assertThat(meters.get("icecube.modelserver.requests.dropped").counters())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  private boolean isDrained() {
    try {
      return queue.drain(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean isRefused(QueuedRequest request) {
    try {
      queue.submit(request);
      return false;
    } catch (ReasonException e) {
      return e.reason() == Reason.REASON_DRAINING;
    }
  }

  private void occupyTheWorker() {
    queue.submit(request(1, 1));
    Waiting.until("the worker runs", () -> gate.entered.tryAcquire());
  }

  private QueuedRequest request(long id, int events) {
    return queued(id, events, 10, OptionalLong.empty());
  }

  private QueuedRequest sized(long id, long bytes) {
    return queued(id, 1, bytes, OptionalLong.empty());
  }

  private QueuedRequest expiring(long id, long deadlineNanos) {
    return queued(id, 1, 10, OptionalLong.of(deadlineNanos));
  }

  private QueuedRequest shadow(long id, int events, long bytes) {
    return queued(id, events, bytes, OptionalLong.empty(), Lane.SHADOW);
  }

  private QueuedRequest queued(long id, int events, long bytes, OptionalLong deadlineNanos) {
    return queued(id, events, bytes, deadlineNanos, Lane.REALTIME);
  }

  private QueuedRequest queued(
      long id, int events, long bytes, OptionalLong deadlineNanos, Lane lane) {
    var question = new PredictQuestion(message(id), new RequestPredictor(Samples.GEOMETRY), ends);
    return new QueuedRequest(
        lane == Lane.SHADOW ? new ShadowQuestion(question) : question,
        gate.served("gate"),
        events,
        bytes,
        nowNanos.get(),
        deadlineNanos,
        lane);
  }

  private static PredictRequest message(long id) {
    var event = Samples.event(new SplittableRandom(id), id, 4);
    return Samples.eventsRequest(List.of(event)).setRequestId(id).build();
  }

  private void assertFull(QueuedRequest request, String message) {
    assertThatThrownBy(() -> queue.submit(request))
        .hasMessageStartingWith(message)
        .isInstanceOfSatisfying(
            ReasonException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REASON_QUEUE_FULL));
  }

  /** Keeps what it is told. */
  private static final class Ends implements Answerer<PredictResponse> {
    final List<Long> answered = new CopyOnWriteArrayList<>();
    final List<Reason> refused = new CopyOnWriteArrayList<>();
    volatile boolean throwing;

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      if (throwing) {
        throw new IllegalStateException("call already ended");
      }
      assertThat(response.getRequestId())
          .isEqualTo(((PredictQuestion) request.question()).request().getRequestId());
      answered.add(response.getRequestId());
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      refused.add(why.reason());
    }
  }
}
