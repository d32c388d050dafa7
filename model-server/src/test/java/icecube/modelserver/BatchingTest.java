// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.otel.Meters;
import icecube.physics.FeatureTable;
import icecube.proto.ReasonException;
import icecube.v1.EventResult;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the queue joins small requests and divides large ones. */
final class BatchingTest {
  private static final int EVENTS_MAX = 10_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ModelServerMetrics metrics = new ModelServerMetrics(Meters.of(meters));
  private final RecordingModel model = new RecordingModel(false);
  private final ServedModel served = model.served("recording");
  private final AtomicLong nowNanos = new AtomicLong();
  private final Ends ends = new Ends();
  private long occupations;
  private PredictionQueue queue = start(1);

  private PredictionQueue start(int workerCount) {
    return PredictionQueue.start(
        workerCount,
        EVENTS_MAX,
        1 << 30,
        nowNanos::get,
        new PredictionWorker(metrics, RequestTraces.OFF),
        metrics);
  }

  @AfterEach
  void close() {
    model.letThrough(1_000_000);
    queue.close();
  }

  @Test
  void eventsOfEqualLengthOfSeveralRequestsRunTogether() throws InterruptedException {
    occupyTheWorker();
    queue.submit(request(1, 7, 3));
    queue.submit(request(2, 3, 7));
    queue.submit(request(3, 7));
    model.letThrough(1_000);

    Waiting.until("all are answered", () -> ends.answered.size() == 4);
    assertThat(model.batches).containsExactly(List.of(1), List.of(3, 3), List.of(7, 7, 7));
    assertThat(rounds("DRAINED")).isEqualTo(2);
    assertThat(meters.get("icecube.modelserver.batch.items").summary().max()).isEqualTo(3);
  }

  @Test
  void everyEventIsAnsweredByWhatItAskedOnManyWorkers() {
    queue.close();
    queue = start(4);
    model.letThrough(1_000_000);
    var random = new SplittableRandom(0x5eed);
    for (long id = 1; id <= 200; id++) {
      int events = id % 20 == 0 ? 700 : 1 + random.nextInt(5);
      queue.submit(request(id, random.ints(events, 0, 60).toArray()));
      // What waits stays below its limit.
      Waiting.until("there is room", () -> queue.waitingEvents() < EVENTS_MAX - 700);
    }

    Waiting.until("all are answered", () -> ends.answered.size() == 200);
    ends.answered.forEach(
        (id, response) -> {
          for (int event = 0; event < response.getResultsCount(); event++) {
            var prediction = response.getResults(event).getPrediction();
            assertThat(prediction.getEventId()).isEqualTo(1_000 * id + event);
            // The first row is a unit vector that only this event has.
            if (prediction.getPulsesUsed() > 0) {
              assertThat(prediction.getX()).isCloseTo(x(id, event), withinFloat());
            }
          }
        });
    assertThat(queue.eventsInFlight()).isZero();
  }

  @Test
  void aLargeRequestIsDividedAndASmallOnePassesIt() throws InterruptedException {
    int[] large = new int[4 * Round.ROW_COUNT_MAX / 512];
    Arrays.fill(large, 512);
    queue.submit(request(1, large));
    model.entered.acquire();
    queue.submit(request(2, 3));
    // Two parts were before it, each what one round may hold: 4 runs of 2 events.
    model.letThrough(8);
    Waiting.until("the small one runs", () -> model.batches.contains(List.of(3)));
    assertThat(ends.answered).isEmpty();
    model.letThrough(1_000);

    Waiting.until("both are answered", () -> ends.answered.size() == 2);
    assertThat(ends.order).containsExactly(2L, 1L);
    assertThat(rounds("FULL")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void severalWorkersShareALargeRequest() {
    queue.close();
    queue = start(2);
    int[] large = new int[2 * Round.ROW_COUNT_MAX / 512];
    Arrays.fill(large, 512);
    queue.submit(request(1, large));

    Waiting.until("two workers run it", () -> model.entered.availablePermits() == 2);
    model.letThrough(1_000);
    Waiting.until("it is answered", () -> ends.answered.size() == 1);
    assertThat(ends.answered.values())
        .extracting(PredictResponse::getResultsCount)
        .containsExactly(large.length);
  }

  @Test
  void anotherModelClosesARoundAndIsNotLost() throws InterruptedException {
    var other = new RecordingModel(true);
    occupyTheWorker();
    queue.submit(request(1, 7));
    queue.submit(request(other.served("other"), 2, Lane.REALTIME, OptionalLong.empty(), 7));
    queue.submit(request(3, 7));
    model.letThrough(1_000);

    Waiting.until("all are answered", () -> ends.answered.size() == 4);
    assertThat(model.batches).containsExactly(List.of(1), List.of(7, 7));
    assertThat(other.batches).containsExactly(List.of(7));
    assertThat(rounds("SHAPE")).isEqualTo(1);
  }

  @Test
  void realtimeGoesBeforeTheArchive() throws InterruptedException {
    var other = new RecordingModel(true);
    occupyTheWorker();
    queue.submit(request(other.served("other"), 1, Lane.ARCHIVE, OptionalLong.empty(), 7));
    queue.submit(request(2, 7));
    model.letThrough(1_000);

    Waiting.until("all are answered", () -> ends.answered.size() == 3);
    assertThat(ends.order).containsExactly(0L, 2L, 1L);
  }

  @Test
  void onlyTheRequestThatBreaksTheModelFails() throws InterruptedException {
    occupyTheWorker();
    queue.submit(request(1, 7));
    queue.submit(breaking(2));
    queue.submit(request(3, 7));
    model.letThrough(1_000);

    Waiting.until("all have ended", () -> ends.order.size() == 4);
    assertThat(ends.answered).containsOnlyKeys(0L, 1L, 3L);
    assertThat(ends.refused).containsExactly(Reason.REASON_INTERNAL);
  }

  @Test
  void whatIsLeftOfACancelledRequestIsNotRun() throws InterruptedException {
    int[] large = new int[4 * Round.ROW_COUNT_MAX / 512];
    Arrays.fill(large, 512);
    var request = request(1, large);
    queue.submit(request);
    model.entered.acquire();

    assertThat(queue.cancel(request)).isTrue();
    assertThat(queue.cancel(request)).isFalse();
    model.letThrough(1_000);
    Waiting.until("nothing is in flight", () -> queue.eventsInFlight() == 0);
    assertThat(model.batches).hasSize(4);
    assertThat(ends.order).isEmpty();
  }

  @Test
  void whatIsLeftOfAnExpiredRequestIsNotRun() throws InterruptedException {
    int[] large = new int[4 * Round.ROW_COUNT_MAX / 512];
    Arrays.fill(large, 512);
    queue.submit(request(served, 1, Lane.REALTIME, OptionalLong.of(100), large));
    model.entered.acquire();
    nowNanos.set(100);
    model.letThrough(1_000);

    Waiting.until("it is refused", () -> ends.refused.size() == 1);
    assertThat(ends.refused).containsExactly(Reason.REASON_TIMEOUT_EXPIRED);
    assertThat(model.batches).hasSize(1);
    Waiting.until("nothing is in flight", () -> queue.eventsInFlight() == 0);
  }

  @Test
  void whatCouldNotBeAnsweredInTimeIsRefusedAtOnce() throws InterruptedException {
    long second = TimeUnit.SECONDS.toNanos(1);
    occupyTheWorkerKnownToTake(second);
    queue.submit(request(1, 1));
    queue.submit(request(2, 1));
    assertThat(meters.get("icecube.modelserver.queue.predicted.seconds").gauge().value())
        .isBetween(1.9, 2.1);

    var hasty = request(served, 3, Lane.REALTIME, OptionalLong.of(second + 5 * second / 2), 1);
    assertThatThrownBy(() -> queue.submit(hasty))
        .hasMessageStartingWith("queue: a wait of 2000.0 ms (expected: at most 600.0 ms")
        .isInstanceOfSatisfying(
            ReasonException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.REASON_WAIT_TOO_LONG);
              assertThat(e.retryDelay()).isEqualTo(Duration.ofMillis(1_400));
            });
    queue.submit(request(served, 4, Lane.REALTIME, OptionalLong.of(second + 7 * second), 1));
  }

  @Test
  void whatIsLeftOfARequestThatOneRoundEndsIsNextInTurn() throws InterruptedException {
    int[] rows = new int[3 * Round.ROW_COUNT_MAX / 2 / 512];
    Arrays.fill(rows, 512);
    occupyTheWorker();
    queue.submit(request(1, rows));
    queue.submit(request(2, rows));
    queue.submit(request(3, rows));
    model.letThrough(1_000);
    Waiting.until("all are answered", () -> queue.eventsInFlight() == 0);
    assertThat(ends.order).endsWith(1L, 2L, 3L);
    assertThat(ends.order).hasSize(4);
  }

  @Test
  void whatExpiredIsNotTakenForWorkThatWasQuick() throws InterruptedException {
    long second = TimeUnit.SECONDS.toNanos(1);
    occupyTheWorkerKnownToTake(second);
    for (int id = 1; id <= 20; id++) {
      queue.submit(request(served, id, Lane.REALTIME, OptionalLong.of(second + 60 * second), 1));
    }
    nowNanos.set(100 * second);
    model.letThrough(1);
    Waiting.until("the others are refused", () -> ends.refused.size() == 20);
    Waiting.until("nothing is in flight", () -> queue.eventsInFlight() == 0);

    // A second, then 99 with the weight of a tenth; nothing of the twenty.
    occupyTheWorker();
    queue.submit(request(21, 1));
    assertThat(meters.get("icecube.modelserver.queue.predicted.seconds").gauge().value())
        .isBetween(10.7, 10.9);
  }

  @Test
  void onlyFourTenthsOfTheTimeLeftMayBeWaited() throws InterruptedException {
    long second = TimeUnit.SECONDS.toNanos(1);
    occupyTheWorkerKnownToTake(second);
    queue.submit(request(1, 1));

    // One that waits: 1 s. The request itself: 1 s.
    var tight = request(served, 2, Lane.REALTIME, OptionalLong.of(second + 34 * second / 10), 1);
    assertThatThrownBy(() -> queue.submit(tight))
        .hasMessageContaining("a wait of 1000.0 ms (expected: at most 960.0 ms");
    queue.submit(request(served, 3, Lane.REALTIME, OptionalLong.of(second + 36 * second / 10), 1));
  }

  /** Makes a first request keep the worker so long, so that this is known, and then occupies it. */
  private void occupyTheWorkerKnownToTake(long nanos) throws InterruptedException {
    occupyTheWorker();
    nowNanos.set(nanos);
    model.letThrough(1);
    Waiting.until("it is answered", () -> queue.eventsInFlight() == 0);
    occupyTheWorker();
  }

  private void occupyTheWorker() throws InterruptedException {
    queue.submit(request(-occupations, 1));
    occupations++;
    model.entered.acquire();
  }

  private double rounds(String reason) {
    return meters.get("icecube.modelserver.rounds").tag("reason", reason).counter().count();
  }

  private QueuedRequest request(long id, int... rowCounts) {
    return request(served, id, Lane.REALTIME, OptionalLong.empty(), rowCounts);
  }

  private QueuedRequest breaking(long id) {
    float[] rows = new float[7 * FeatureTable.COLUMN_COUNT];
    rows[5] = RecordingModel.BREAKS;
    int[] rowCounts = {7};
    var table = FeatureTable.owning(new long[1], rowCounts, rowCounts, new int[1], rows);
    return queued(served, id, table, Lane.REALTIME, OptionalLong.empty());
  }

  private QueuedRequest request(
      ServedModel asked, long id, Lane lane, OptionalLong deadlineNanos, int... rowCounts) {
    long[] eventIds = new long[rowCounts.length];
    float[] rows = new float[Arrays.stream(rowCounts).sum() * FeatureTable.COLUMN_COUNT];
    int row = 0;
    for (int event = 0; event < rowCounts.length; event++) {
      eventIds[event] = 1_000 * id + event;
      if (rowCounts[event] > 0) {
        double x = x(id, event);
        rows[row * FeatureTable.COLUMN_COUNT] = (float) x;
        rows[row * FeatureTable.COLUMN_COUNT + 1] = (float) Math.sqrt(1 - x * x);
      }
      row += rowCounts[event];
    }
    var table =
        FeatureTable.owning(
            eventIds, rowCounts, rowCounts.clone(), new int[rowCounts.length], rows);
    return queued(asked, id, table, lane, deadlineNanos);
  }

  private QueuedRequest queued(
      ServedModel asked, long id, FeatureTable table, Lane lane, OptionalLong deadlineNanos) {
    assertThat(asked.retain()).isTrue();
    var message = Samples.featuresRequest(table).setRequestId(id).build();
    return new QueuedRequest(
        new PredictQuestion(message, new RequestPredictor(Samples.GEOMETRY), ends),
        asked,
        table.eventCount(),
        1 + table.rowCount(),
        nowNanos.get(),
        deadlineNanos,
        lane);
  }

  private static long idOf(QueuedRequest request) {
    return ((PredictQuestion) request.question()).request().getRequestId();
  }

  private static double x(long id, int event) {
    return Math.sin((double) (id * 1_000 + event));
  }

  private static Offset<Double> withinFloat() {
    return within(1e-6);
  }

  /** Keeps what it is told. */
  private static final class Ends implements Answerer<PredictResponse> {
    final Map<Long, PredictResponse> answered = new ConcurrentHashMap<>();
    final List<Long> order = new CopyOnWriteArrayList<>();
    final List<Reason> refused = new CopyOnWriteArrayList<>();

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      assertThat(response.getResultsList().stream().map(EventResult::hasPrediction))
          .doesNotContain(false);
      assertThat(answered.put(response.getRequestId(), response)).isNull();
      order.add(response.getRequestId());
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      refused.add(why.reason());
      order.add(idOf(request));
    }
  }
}
