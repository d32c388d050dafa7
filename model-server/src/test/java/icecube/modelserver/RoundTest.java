// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.physics.FeatureTable;
import icecube.proto.ReasonException;
import icecube.v1.PredictResponse;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of a round: how long its requests waited for a run, and its spans. */
@Timeout(60)
final class RoundTest {
  private static final String FIRST_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SECOND_TRACE = "0af7651916cd43dd8448eb211c80319c";

  private final EndedSpans spans = new EndedSpans();
  private final PrometheusMeterRegistry registry = Telemetry.registry();
  private final Telemetry telemetry = spans.telemetry(registry);
  private final ModelServerMetrics metrics = new ModelServerMetrics(telemetry.meters());
  private final RequestTraces traces = new RequestTraces(telemetry.traces());
  private final RecordingModel model = new RecordingModel(false);
  private final ServedModel served = model.served("recording");
  private final AtomicLong nowNanos = new AtomicLong();
  private final AtomicInteger answered = new AtomicInteger();
  private PredictionQueue queue = start(1);

  private PredictionQueue start(int workerCount) {
    return PredictionQueue.start(
        workerCount,
        10_000,
        1 << 30,
        nowNanos::get,
        new PredictionWorker(metrics, traces),
        metrics);
  }

  @AfterEach
  void close() {
    model.letThrough(1_000_000);
    queue.close();
    spans.close();
    registry.close();
  }

  @Test
  void requestOfSeveralRoundsWaitsForItsFirstRunOnly() throws InterruptedException {
    queue.submit(request("", Lane.REALTIME, () -> pass(3), large(4)));
    model.entered.acquire();
    pass(1_000);
    model.letThrough(1_000);
    awaitAnswers(1);

    assertThat(registry.get("icecube.modelserver.rounds").counters().stream())
        .extracting(counter -> (int) counter.count())
        .satisfies(counts -> assertThat(counts.stream().mapToInt(n -> n).sum()).isGreaterThan(1));
    assertThat(waits().count()).isEqualTo(1);
    assertThat(waits().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
  }

  @Test
  void requestThatTwoWorkersShareWaitsOnce() {
    queue.close();
    queue = start(2);
    queue.submit(request("", Lane.REALTIME, () -> {}, large(2)));
    Waiting.until("two workers run it", () -> model.entered.availablePermits() == 2);
    model.letThrough(1_000);
    awaitAnswers(1);

    assertThat(waits().count()).isEqualTo(1);
  }

  @Test
  void eachRequestOfARoundWaitsForARunOfItsOwn() throws InterruptedException {
    // The second comes while the first is decoded, 3 ms, and is decoded in 5 ms.
    var second = request("", Lane.REALTIME, () -> pass(5), 7);
    queue.submit(request("", Lane.REALTIME, () -> submitAfter(3, second), 2));
    model.entered.acquire();
    pass(30);
    model.letThrough(1_000);
    awaitAnswers(2);

    assertThat(model.batches).containsExactly(List.of(2), List.of(7));
    assertThat(waits().count()).isEqualTo(2);
    assertThat(waits().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(8 + 35);
  }

  @Test
  void shadowsAreAsideAsTheyAreInTheOtherStages() {
    model.letThrough(1_000);
    queue.submit(request("", Lane.SHADOW, () -> pass(3), 7));
    awaitAnswers(1);

    assertThat(waits().count()).isZero();
    assertThat(registry.get("icecube.modelserver.queue.wait").timer().count()).isZero();
  }

  @Test
  void exemplarOfAWaitLeadsToTheTraceOfWhoWaited() throws InterruptedException {
    askBoth(SECOND_TRACE);

    assertThat(exemplars("0.005")).hasSize(1).allMatch(line -> line.contains(SECOND_TRACE));
  }

  @Test
  void waitOfWhoIsNotTracedLeadsNowhereThoughItsRoundIsTraced() throws InterruptedException {
    askBoth("");

    assertThat(exemplars("0.005")).isEmpty();
  }

  /** Two requests in a round that is of the first's trace; the second, shorter, waits 3 ms. */
  private void askBoth(String secondTrace) throws InterruptedException {
    var second = request(secondTrace, Lane.REALTIME, () -> pass(3), 2);
    queue.submit(request(FIRST_TRACE, Lane.REALTIME, () -> submitAfter(0, second), 7));
    model.entered.acquire();
    pass(30);
    model.letThrough(1_000);
    awaitAnswers(2);
    Waiting.until("the round has ended", () -> spans.named("round").size() == 1);

    assertThat(spans.named("round").get(0).getTraceId()).isEqualTo(FIRST_TRACE);
    assertThat(waits().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3 + 33);
  }

  @Test
  void roundLinksToNoMoreRequestsThanTold() {
    int count = RequestTraces.LINKS_MAX + 1;
    var others =
        IntStream.range(1, count).mapToObj(i -> request(SECOND_TRACE, Lane.REALTIME, () -> {}, 1));
    var waiting = others.toList();
    model.letThrough(1_000);
    queue.submit(request(FIRST_TRACE, Lane.REALTIME, () -> waiting.forEach(queue::submit), 1));
    awaitAnswers(count);
    Waiting.until("the round has ended", () -> spans.named("round").size() == 1);

    var round = spans.named("round").get(0);
    assertThat(round.getLinks()).hasSize(RequestTraces.LINKS_MAX);
    assertThat(round.getAttributes().get(AttributeKey.longKey("icecube.round.requests")))
        .isEqualTo(count);
  }

  @Test
  void runsBeyondTheLimitAreCountedAndHaveNoSpan() {
    int count = RequestTraces.RUNS_MAX + 1;
    model.letThrough(1_000);
    queue.submit(
        request(FIRST_TRACE, Lane.REALTIME, () -> {}, IntStream.rangeClosed(1, count).toArray()));
    awaitAnswers(1);
    Waiting.until("the round has ended", () -> spans.named("round").size() == 1);

    assertThat(model.batches).hasSize(count);
    assertThat(spans.named("run")).hasSize(RequestTraces.RUNS_MAX);
    assertThat(
            spans
                .named("round")
                .get(0)
                .getAttributes()
                .get(AttributeKey.longKey("icecube.round.runs")))
        .isEqualTo(count);
  }

  private void pass(long millis) {
    nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void submitAfter(long millis, QueuedRequest request) {
    pass(millis);
    queue.submit(request);
  }

  private void awaitAnswers(int count) {
    Waiting.until(count + " are answered", () -> answered.get() == count);
    Waiting.until("nothing is in flight", () -> queue.eventsInFlight() == 0);
  }

  private Timer waits() {
    return registry.get("icecube.modelserver.batch.wait").timer();
  }

  /** What names a trace in the bucket of waits up to {@code bound}. */
  private List<String> exemplars(String bound) {
    String bucket = "icecube_modelserver_batch_wait_seconds_bucket{le=\"" + bound + "\"}";
    return registry
        .scrape("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .lines()
        .filter(line -> line.startsWith(bucket) && line.contains("trace_id"))
        .toList();
  }

  /** Row counts of a request that fills so many rounds. */
  private static int[] large(int rounds) {
    int[] rowCounts = new int[rounds * Round.ROW_COUNT_MAX / 512];
    Arrays.fill(rowCounts, 512);
    return rowCounts;
  }

  /**
   * A request for events of so many rows.
   *
   * @param traceId the trace that its caller draws; empty for none
   * @param whileDecoded what happens while a worker decodes it
   */
  private QueuedRequest request(
      String traceId, Lane lane, Runnable whileDecoded, int... rowCounts) {
    float[] rows = new float[Arrays.stream(rowCounts).sum() * FeatureTable.COLUMN_COUNT];
    for (int event = 0, row = 0; event < rowCounts.length; row += rowCounts[event++]) {
      rows[row * FeatureTable.COLUMN_COUNT] = 1;
    }
    var table =
        FeatureTable.owning(
            new long[rowCounts.length],
            rowCounts,
            rowCounts.clone(),
            new int[rowCounts.length],
            rows);
    assertThat(served.retain()).isTrue();
    var message = Samples.featuresRequest(table).build();
    var asked = new PredictQuestion(message, new RequestPredictor(Samples.GEOMETRY), new Ends());
    String parent = traceId.isEmpty() ? "" : "00-" + traceId + "-00f067aa0ba902b7-01";
    return new QueuedRequest(
        new SlowQuestion(asked, whileDecoded),
        served,
        table.eventCount(),
        1 + table.rowCount(),
        nowNanos.get(),
        OptionalLong.empty(),
        lane,
        traces.of(RpcMethod.PREDICT, parent));
  }

  /** A question during whose decoding something else happens. */
  private record SlowQuestion(Question asked, Runnable meanwhile) implements Question {
    @Override
    public InferenceTask decode(ServedModel model) {
      meanwhile.run();
      return asked.decode(model);
    }

    @Override
    public Reply reply(ServedModel model) {
      return asked.reply(model);
    }

    @Override
    public void refuse(QueuedRequest request, ReasonException why) {
      asked.refuse(request, why);
    }
  }

  /** Counts answers; nothing is refused. */
  private final class Ends implements Answerer<PredictResponse> {
    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      answered.incrementAndGet();
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      throw new AssertionError(why);
    }
  }
}
