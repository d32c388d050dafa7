// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.stream.ClaimSettings;
import icecube.stream.InMemoryEventLog;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two consumers between a log and two model servers that both misbehave. A failing seed is repeated
 * with {@code -Dicecube.seed=N -Dtest=ConsumerFaultsTest}.
 */
@Timeout(120)
class ConsumerFaultsTest {
  private static final int SEEDS = 4;
  private static final int EVENTS = 600;

  @Test
  void everyEventIsPredictedOnceWhateverLogAndServersDo() {
    String only = System.getProperty("icecube.seed");
    if (only != null) {
      consumeUnder(Long.decode(only));
      return;
    }
    for (long seed = 1; seed <= SEEDS; seed++) {
      consumeUnder(seed);
    }
  }

  private static void consumeUnder(long seed) {
    var log = new InMemoryEventLog(3);
    var stream = new TestStream(log);
    stream.appendAll(EVENTS, 3);
    var meters = new SimpleMeterRegistry();
    try (var first = new FakeModelServer().with(misbehaving(seed));
        var second = new FakeModelServer().with(misbehaving(seed + 1_000))) {
      var settings =
          ConsumerSettings.of(List.of(first.target(), second.target()), "")
              .withWindow(8)
              .withClaim(new ClaimSettings(Duration.ofMillis(400), 4, 12, 3))
              .withWaits(Duration.ofMillis(200), Duration.ofMillis(20), Duration.ofSeconds(2));
      try (var one =
              Consumer.start(new FaultyEventLog(log, seed, 0.05), settings, Telemetry.of(meters));
          var two =
              Consumer.start(
                  new FaultyEventLog(log, ~seed, 0.05), settings, Telemetry.of(meters))) {
        stream.awaitBalance();
        Await.until("let go", () -> one.eventsInFlight() + two.eventsInFlight() == 0);
      }
      assertThat(stream.predictedIds()).isEqualTo(ids(EVENTS));
      assertThat(stream.deadLetters()).isEmpty();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "repeat with -Dicecube.seed=" + seed + " -Dtest=ConsumerFaultsTest", e);
    }
  }

  private static FakeModelServer.Behaviour misbehaving(long seed) {
    var random = new Random(seed);
    return (request, responses) -> {
      synchronized (random) {
        misbehave(random.nextInt(100), request, responses);
      }
    };
  }

  private static void misbehave(
      int dice, PredictRequest request, StreamObserver<PredictResponse> responses) {
    switch (dice) {
      case 0 -> responses.onError(Status.UNAVAILABLE.asRuntimeException());
      case 1, 2 -> FakeModelServer.hang(request, responses);
      case 3, 4 -> {
        FakeModelServer.predict(request, responses);
        FakeModelServer.predict(request, responses);
      }
      case 5, 6 ->
          responses.onNext(FakeModelServer.answer(request).toBuilder().removeResults(0).build());
      case 7, 8 -> FakeModelServer.refuse(request, responses, Reason.REASON_QUEUE_FULL);
      case 9 -> FakeModelServer.refuse(request, responses, Reason.REASON_DRAINING);
      case 10 -> FakeModelServer.refuse(request, responses, Reason.REASON_TIMEOUT_EXPIRED);
      default -> FakeModelServer.predict(request, responses);
    }
  }
}
