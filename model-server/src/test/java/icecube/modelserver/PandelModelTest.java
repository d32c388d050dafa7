// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.physics.FeatureBuilder;
import icecube.physics.PandelFit;
import icecube.proto.PredictionCodec;
import icecube.proto.Reasons;
import icecube.v1.GetModelRequest;
import icecube.v1.Model;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictResponse;
import icecube.v1.Quality;
import icecube.v1.Reason;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The likelihood fit as a server's default model, over netty, with one worker. */
@Timeout(120)
final class PandelModelTest {
  private ModelServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0), Optional.empty(), "pandel", Samples.GEOMETRY, 1, 8_192);
    server = ModelServer.start(settings, Telemetry.off());
    channel = GrpcChannels.open("127.0.0.1:" + server.port());
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void itAnswersEventsAndFeaturesWithTheTrackOfGreatestLikelihood() {
    var events = Samples.events(new SplittableRandom(31), 30);
    var table = new FeatureBuilder(Samples.GEOMETRY, 768).build(events);

    var ofEvents = stub().predict(Samples.eventsRequest(events).build());
    var ofFeatures = stub().predict(Samples.featuresRequest(table).setModelName("pandel").build());

    assertThat(ofEvents.getModelName()).isEqualTo("pandel");
    assertThat(ofEvents.getModelVersion()).isEqualTo("1");
    for (int event = 0; event < events.size(); event++) {
      var prediction = ofEvents.getResults(event).getPrediction();
      var wanted = PandelFit.mpe().fit(table, event).orElseThrow();
      assertThat(PredictionCodec.direction(prediction).dot(wanted)).isCloseTo(1, within(1e-9));
      assertThat(prediction.hasKappa()).isFalse();
      assertThat(prediction.hasRadius50Rad()).isFalse();
      assertThat(ofFeatures.getResults(event).getPrediction()).isEqualTo(prediction);
    }
  }

  @Test
  void anEventThatFixesNoDirectionSaysSo() {
    var lonely = Samples.event(new SplittableRandom(32), 7, 1);

    var prediction = stub().predict(Samples.eventsRequest(List.of(lonely)).build()).getResults(0);

    assertThat(prediction.getPrediction().getQualityList()).contains(Quality.QUALITY_NO_DIRECTION);
  }

  @Test
  void itIsListedAsBuiltIn() {
    var model = stub().getModel(GetModelRequest.newBuilder().setName("pandel").build());

    assertThat(model.getState()).isEqualTo(Model.State.STATE_READY);
    assertThat(model.getRuntime()).isEqualTo(Model.Runtime.RUNTIME_JAVA);
    assertThat(model.getSha256()).isEmpty();
    assertThat(model.getRowCountMax()).isEqualTo(768);
  }

  @Test
  void moreThanItCanFitInTimeIsSentAwayAtOnceAndTheRestAnswered() throws InterruptedException {
    var request = Samples.eventsRequest(Samples.events(new SplittableRandom(33), 64)).build();
    for (int warmUp = 0; warmUp < 8; warmUp++) {
      stub().predict(request); // from here on it is known how long a request takes
    }
    long startNanos = System.nanoTime();
    stub().predict(request);
    long oneNanos = System.nanoTime() - startNanos;
    // Eight requests fit into the time; a hundred come.
    int timeoutMillis = (int) (8 * TimeUnit.NANOSECONDS.toMillis(oneNanos)) + 1;

    var ends = new LinkedBlockingQueue<End>();
    for (int sent = 0; sent < 100; sent++) {
      ModelServiceGrpc.newStub(channel)
          .predict(request.toBuilder().setTimeoutMs(timeoutMillis).build(), new Ends(ends));
    }

    int answered = 0;
    int sentAway = 0;
    for (int told = 0; told < 100; told++) {
      var end = ends.poll(30, TimeUnit.SECONDS);
      assertThat(end).isNotNull();
      answered += end.reason() == null ? 1 : 0;
      sentAway += end.reason() == Reason.REASON_WAIT_TOO_LONG ? 1 : 0;
      if (end.reason() != null) {
        assertThat(end.reason()).isIn(Reason.REASON_WAIT_TOO_LONG, Reason.REASON_TIMEOUT_EXPIRED);
      }
    }
    assertThat(answered).isBetween(1, 60);
    assertThat(sentAway).isGreaterThan(answered);
  }

  /** How a request ended: the reason if it was refused. */
  private record End(@Nullable Reason reason) {}

  private record Ends(BlockingQueue<End> ends) implements StreamObserver<PredictResponse> {
    @Override
    public void onNext(PredictResponse response) {
      ends.add(new End(null));
    }

    @Override
    public void onError(Throwable failure) {
      ends.add(new End(Reasons.reasonOf(failure).orElse(Reason.REASON_UNSPECIFIED)));
    }

    @Override
    public void onCompleted() {}
  }

  private ModelServiceGrpc.ModelServiceBlockingStub stub() {
    return ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
