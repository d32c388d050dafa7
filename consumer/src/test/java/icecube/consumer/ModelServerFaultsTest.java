// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.Reasons;
import icecube.v1.DeadLetter;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import icecube.v1.Reason;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What consumers do about model servers that fail in every way one can. */
class ModelServerFaultsTest extends ConsumerFixture {
  @Test
  void whatTheServerSaysOfOneEventConcernsThatEventOnly() {
    server.with(
        (request, responses) ->
            responses.onNext(
                edited(
                    request,
                    id ->
                        id % 3 == 0
                            ? FakeModelServer.error(id, Reason.REASON_CHARGE_OUT_OF_RANGE)
                            : predicted(id))));
    stream.appendAll(9, 9);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters()).extracting(DeadLetter::getEventId).containsExactly(3L, 6L, 9L);
  }

  @Test
  void aPredictionThatIsNoDirectionIsDeadLettered() {
    server.with(
        (request, responses) ->
            responses.onNext(
                edited(
                    request,
                    id ->
                        id == 2
                            ? EventResult.newBuilder()
                                .setPrediction(
                                    FakeModelServer.prediction(2).toBuilder()
                                        .setX(Double.NaN)
                                        .build())
                                .build()
                            : predicted(id))));
    stream.append(1, 2, 3);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).containsExactly(1L, 3L);
    assertThat(stream.deadLetters())
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.getReason()).isEqualTo(Reason.REASON_PREDICTION_INVALID));
  }

  @Test
  void aServerKilledAndRestartedMidWayLosesNothing() {
    stream.appendAll(2_000, 4);
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          if (seen.incrementAndGet() < 100) {
            FakeModelServer.predict(request, responses);
          }
        });
    start(log, settings());
    Await.until("half way", () -> seen.get() >= 100);
    server.kill();
    server.with(FakeModelServer::predict).restart();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(2_000));
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(meters.counter("icecube.consumer.links.lost").count()).isPositive();
  }

  @Test
  void aServerThatComesLateIsWaitedFor() {
    server.kill();
    stream.append(1, 2);
    var consumer = start(log, settings());
    Await.until("tried", () -> meters.counter("icecube.consumer.links.lost").count() > 2);
    assertThat(consumer.isReady()).isFalse();
    assertThat(consumer.eventsInFlight()).as("nothing is read before").isZero();
    server.restart();
    stream.awaitBalance();
    Await.until("ready", consumer::isReady);
  }

  @Test
  void aServerThatHangsIsLeftForAnother() {
    var hanging = new FakeModelServer().with(FakeModelServer::hang);
    open.add(hanging);
    stream.appendAll(200, 4);
    start(
        log,
        ConsumerSettings.of(List.of(hanging.target(), server.target()), "")
            .withWaits(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofSeconds(5)));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(200));
    // A stream without a sign of life is cut and opened anew.
    Await.until("opened again", () -> hanging.streams() > 1);
  }

  @Test
  void aServerThatHangsOrLiesIsSoonAskedOnlyNowAndThen() {
    var hanging = new FakeModelServer().with(FakeModelServer::hang);
    var lying = new FakeModelServer();
    lying.with(
        (request, responses) ->
            responses.onNext(FakeModelServer.answer(request).toBuilder().removeResults(0).build()));
    var notReady = new FakeModelServer();
    notReady.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_NOT_READY));
    open.addAll(List.of(hanging, lying, notReady));
    stream.appendAll(2_000, 2);
    var targets = List.of(hanging.target(), lying.target(), notReady.target(), server.target());
    start(
        log,
        ConsumerSettings.of(targets, "")
            .withWindow(8)
            .withWaits(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofSeconds(5)));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(2_000));
    // A window's worth each before they are known, and a few probes.
    assertThat(hanging.requests()).isLessThan(40);
    assertThat(lying.requests()).isLessThan(40);
    assertThat(notReady.requests()).isLessThan(40);
    assertThat(server.requests()).isGreaterThanOrEqualTo(1_000);
    assertThat(meters.get("icecube.consumer.servers.avoided").gauge().value())
        .as("the hanging one may not have been asked often enough")
        .isBetween(2.0, 3.0);
    lying.with(FakeModelServer::predict);
    int before = lying.requests();
    for (long id = 2_001; lying.requests() - before < 50; id += 4) {
      stream.append(id, id + 1);
      stream.append(id + 2, id + 3);
      Await.until("published", () -> stream.backlog() == 0);
    }
  }

  @Test
  void severalStreamsToOneServerShareTheWork() {
    stream.appendAll(400, 2);
    start(log, settings().with(change -> change.streamsPerServer = 3));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(400));
    assertThat(server.streams()).isEqualTo(3);
  }

  @Test
  void aServerThatDropsAnswersIsAskedAgain() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          if (seen.incrementAndGet() % 5 != 0) {
            FakeModelServer.predict(request, responses);
          }
        });
    stream.appendAll(120, 4);
    start(
        log,
        settings().withWaits(Duration.ofMillis(200), Duration.ofMillis(50), Duration.ofSeconds(5)));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(120));
  }

  @Test
  void aSecondAnswerToTheSameRequestChangesNothing() {
    server.with(
        (request, responses) -> {
          FakeModelServer.predict(request, responses);
          FakeModelServer.predict(request, responses);
        });
    stream.appendAll(40, 4);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    Await.until(
        "counted", () -> meters.counter("icecube.consumer.answers.unexpected").count() >= 10);
  }

  @Test
  void anAnswerThatDoesNotFitItsRequestIsNotBelieved() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          var right = FakeModelServer.answer(request).toBuilder();
          switch (seen.getAndIncrement()) {
            case 0 -> responses.onNext(right.removeResults(0).build());
            case 1 -> responses.onNext(right.setResults(0, predicted(99)).build());
            case 2 ->
                responses.onNext(right.setResults(0, EventResult.getDefaultInstance()).build());
            default -> responses.onNext(right.build());
          }
        });
    stream.append(1, 2, 3);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(3));
    assertThat(retried("ANSWER_INVALID")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"REASON_QUEUE_FULL", "REASON_WAIT_TOO_LONG"})
  void anOverloadedServerIsAskedLessAndLater(Reason reason) {
    server.with((request, responses) -> FakeModelServer.refuse(request, responses, reason));
    stream.appendAll(200, 2);
    start(log, settings());
    Await.until(
        "a smaller window",
        () -> meters.get("icecube.consumer.window.entries").gauge().value() <= 4);
    assertThat(retried(Reasons.nameOf(reason))).isPositive();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(meters.get("icecube.consumer.window.entries").gauge().value()).isGreaterThan(4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theServerIsToldWhetherTheLineFitMayAnswer(boolean isAllowed) {
    var asked = new CopyOnWriteArrayList<Boolean>();
    server.with(
        (request, responses) -> {
          asked.add(request.getDegradedAllowed());
          FakeModelServer.predict(request, responses);
        });
    stream.append(1, 2, 3);
    start(log, settings().with(change -> change.degradedAllowed = isAllowed));
    stream.awaitBalance();
    assertThat(asked).isNotEmpty().containsOnly(isAllowed);
  }

  @Test
  void aFlaggedPredictionIsPublishedAsItIs() {
    server.with(
        (request, responses) ->
            responses.onNext(
                edited(
                    request,
                    id ->
                        EventResult.newBuilder()
                            .setPrediction(
                                FakeModelServer.prediction(id).toBuilder()
                                    .setModelName("line-fit")
                                    .addQuality(Quality.QUALITY_DEGRADED))
                            .build())));
    stream.append(1, 2);
    start(log, settings().with(change -> change.degradedAllowed = true));
    stream.awaitBalance();
    assertThat(stream.predictions())
        .hasSize(2)
        .allSatisfy(
            prediction -> {
              assertThat(prediction.getModelName()).isEqualTo("line-fit");
              assertThat(prediction.getQualityList()).containsExactly(Quality.QUALITY_DEGRADED);
            });
  }

  @Test
  void anUnknownModelIsNoEventsFault() {
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_UNKNOWN));
    stream.append(1, 2, 3);
    var consumer = start(log, settings());
    Await.until("refused", () -> retried("MODEL_UNKNOWN") > 1);
    assertThat(consumer.isReady()).isFalse();
    assertThat(stream.published()).isZero();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.deadLetters()).isEmpty();
    Await.until("ready again", consumer::isReady);
  }

  @Test
  void aStreamThatTheServerEndsIsOpenedAgain() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          switch (seen.incrementAndGet() % 9) {
            case 0 -> responses.onError(Status.INTERNAL.asRuntimeException());
            case 5 -> responses.onCompleted();
            default -> FakeModelServer.predict(request, responses);
          }
        });
    stream.appendAll(160, 4);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(160));
    assertThat(server.streams()).isGreaterThan(2);
  }

  private interface ResultOf {
    EventResult of(long eventId);
  }

  private static PredictResponse edited(PredictRequest request, ResultOf result) {
    var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
    request.getFeatures().getEventIdList().forEach(id -> response.addResults(result.of(id)));
    return response.build();
  }

  private static EventResult predicted(long eventId) {
    Prediction prediction = FakeModelServer.prediction(eventId);
    return EventResult.newBuilder().setPrediction(prediction).build();
  }
}
