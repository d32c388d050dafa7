// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.proto.FeatureCodec;
import icecube.v1.PredictRequest;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every protocol against a server on loopback. */
@Timeout(60)
final class CallersTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final RequestShape TWO_ITEMS = RequestShape.of(2, new RowCounts.Fixed(5), 1);

  private final FakeServer server = new FakeServer();
  private final Connections connections =
      Connections.open(server.target(), 2, InsecureChannelCredentials.create());

  @AfterEach
  void close() {
    connections.close();
    server.close();
  }

  private Caller caller(Protocol protocol) {
    return Callers.open(connections.channels(), protocol, "m", "", TWO_ITEMS, TIMEOUT);
  }

  private LoadResult run(Caller caller) throws InterruptedException {
    var settings =
        new LoadRun.Settings(
            new Pace.Closed(4), new Window(Duration.ZERO, Duration.ofMinutes(1), 80), TIMEOUT, 1);
    var counters = ServerCounters.modelStatistics(connections.channels().get(0), "m", "");
    return LoadRun.run(caller, settings, LoadClock.SYSTEM, counters, LoadRun.Samples.NONE);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void everyRequestIsAnsweredOnceAndFailuresAreKeptApart(Protocol protocol) throws Exception {
    try (Caller caller = caller(protocol)) {
      LoadResult result = run(caller);

      assertThat(result.requests()).isEqualTo(80);
      switch (protocol) {
        case INFER -> {
          assertThat(result.statuses())
              .containsEntry("OK", 60L)
              .containsEntry("RESOURCE_EXHAUSTED", 20L);
          assertThat(result.withPushback()).isEqualTo(20);
        }
        case INFER_STREAM ->
            assertThat(result.statuses())
                .containsEntry("OK", 60L)
                .containsEntry("ERROR_MESSAGE", 20L);
        case PREDICT -> {
          assertThat(result.statuses()).containsOnlyKeys("OK").containsEntry("OK", 80L);
          assertThat(result.itemsRefused()).isEqualTo(80);
        }
        case PREDICT_STREAM -> {
          assertThat(result.statuses())
              .containsEntry("OK", 60L)
              .containsEntry("RESOURCE_EXHAUSTED", 20L);
          assertThat(result.withPushback()).isEqualTo(20);
        }
      }
    }
  }

  @Test
  void whereTheServerSaysTheTimeWentIsTold() throws Exception {
    try (Caller caller = caller(Protocol.INFER)) {
      ServerSplit split = run(caller).server().orElseThrow();

      assertThat(split.queueMillis()).isEqualTo(3);
      assertThat(split.computeMillis()).isEqualTo(1);
      assertThat(split.itemsPerRun()).isEqualTo(2);
    }
  }

  @Test
  void aStreamedRequestCarriesItsTimeoutAndAnIdOfItsOwn() throws Exception {
    try (Caller caller = caller(Protocol.INFER_STREAM)) {
      run(caller);
    }
    assertThat(server.inferred).extracting(request -> request.getId()).doesNotHaveDuplicates();
    assertThat(server.inferred)
        .allSatisfy(
            request ->
                assertThat(request.getParametersOrThrow("timeout").getInt64Param())
                    .isEqualTo(10_000_000));
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"INFER_STREAM", "PREDICT_STREAM"})
  void aStreamThatBreaksFailsWhatIsInFlightAndTheNextRequestOpensAnother(Protocol protocol)
      throws Exception {
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    try (Caller caller = caller(protocol)) {
      caller.call(0, outcomes::add);
      assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isEqualTo(answerOf(protocol));
      server.close();
      // Requests may be answered until the server is gone, and cancelled with the old stream; then
      // each opens a stream of its own and finds nobody.
      String status;
      int calls = 0;
      do {
        caller.call(1, outcomes::add);
        status = outcomes.take().status();
        assertThat(status).isIn("OK", "CANCELLED", "UNAVAILABLE");
        assertThat(++calls).isLessThan(10_000);
      } while (!status.equals("UNAVAILABLE"));
    }
  }

  private static Outcome answerOf(Protocol protocol) {
    return protocol == Protocol.PREDICT_STREAM ? Outcome.answered(1) : Outcome.OK;
  }

  @Test
  void aModelThatTheServerLacksIsRefusedBeforeTheRun() {
    assertThatThrownBy(
            () ->
                Callers.open(connections.channels(), Protocol.INFER, "nix", "", TWO_ITEMS, TIMEOUT))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("model: nix has no metadata: NOT_FOUND no such model");
  }

  @Test
  void eventsAsFeaturesAreSound() {
    var random = new SplittableRandom(1);
    int[] rows = RequestShape.of(50, new RowCounts.LogNormal(60, 0.8, 8, 256), 1).drawRows(random);
    PredictRequest request = FeatureRequests.draw("m", "1", rows, TIMEOUT, random);

    var table = FeatureCodec.decode(request.getFeatures());
    assertThat(table.eventCount()).isEqualTo(50);
    for (int row = 1; row < table.rowCount(0); row++) {
      assertThat(table.value(row, 3)).isGreaterThanOrEqualTo(table.value(row - 1, 3));
    }
    assertThat(request.getTimeoutMs()).isEqualTo(10_000);
  }

  @Test
  void eventsOfDifferentRequestsHaveDifferentIds() {
    var random = new SplittableRandom(1);
    int[] rows = {1, 2, 3};
    var ids = new HashSet<Long>();
    for (int request = 0; request < 1_000; request++) {
      ids.addAll(
          FeatureRequests.draw("m", "1", rows, TIMEOUT, random).getFeatures().getEventIdList());
    }

    assertThat(ids).hasSize(3_000).allMatch(id -> id >= 0);
  }

  @Test
  void requestsArePreparedWithinTheirBounds() {
    try (Caller caller = caller(Protocol.INFER)) {
      assertThat(caller.requestCount()).isEqualTo(Callers.REQUESTS_MAX);
      assertThat(caller.itemCount(0)).isEqualTo(2);
      assertThat(caller.rowCount(0)).isEqualTo(10);
    }
    var large = RequestShape.of(4_096, new RowCounts.Fixed(256), 1);
    try (Caller caller =
        Callers.open(connections.channels(), Protocol.PREDICT, "m", "", large, TIMEOUT)) {
      assertThat(caller.requestCount()).isBetween(2, 4);
    }
  }

  @Test
  void tooManyConnectionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Connections.open("localhost:1", 1_025, InsecureChannelCredentials.create()))
        .withMessageContaining("connections: 1025 (expected: 1..1024)");
  }
}
