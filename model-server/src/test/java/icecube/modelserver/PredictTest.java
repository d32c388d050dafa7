// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.LineFit;
import icecube.physics.PulseSeries;
import icecube.proto.EventCodec;
import icecube.proto.PredictionCodec;
import icecube.proto.Reasons;
import icecube.v1.Detector;
import icecube.v1.EventBatch;
import icecube.v1.GetModelRequest;
import icecube.v1.ListModelsRequest;
import icecube.v1.Model;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.Quality;
import icecube.v1.Reason;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The unary calls, over netty, on the real models. */
final class PredictTest {
  private static ModelServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0),
            Optional.of(Samples.MODELS),
            "line-fit",
            Samples.GEOMETRY,
            2,
            8_192);
    server = ModelServer.start(settings, Telemetry.off());
    channel = GrpcChannels.open("127.0.0.1:" + server.port());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "line-fit-onnx"})
  void eventsGetTheDirectionOfTheLineFitInTheirOrder(String model) {
    var events = Samples.events(new SplittableRandom(11), 40);
    var table = new FeatureBuilder(Samples.GEOMETRY, 768).build(events);

    var response =
        stub().predict(Samples.eventsRequest(events).setModelName(model).setRequestId(5).build());

    assertThat(response.getRequestId()).isEqualTo(5);
    assertThat(response.hasStatus()).isFalse();
    assertThat(response.getModelName()).isEqualTo(model);
    assertThat(response.getModelVersion()).isEqualTo("1");
    assertThat(response.getResultsCount()).isEqualTo(40);
    for (int event = 0; event < 40; event++) {
      var prediction = response.getResults(event).getPrediction();
      assertThat(prediction.getEventId()).isEqualTo(event + 1);
      assertThat(prediction.getModelName()).isEqualTo(model);
      assertThat(prediction.getPulsesSeen()).isEqualTo(table.pulsesSeen(event));
      var wanted = LineFit.improved().fit(table, event).orElseThrow();
      assertThat(PredictionCodec.direction(prediction).dot(wanted)).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void featuresGetTheSameAnswerAsTheEventsTheyWereMadeOf() {
    var events = Samples.events(new SplittableRandom(12), 20);
    var table = new FeatureBuilder(Samples.GEOMETRY, 768).build(events);

    var ofEvents = stub().predict(Samples.eventsRequest(events).build());
    var ofFeatures = stub().predict(Samples.featuresRequest(table).build());

    assertThat(ofFeatures).isEqualTo(ofEvents);
  }

  @Test
  void aWrongEventIsAnsweredAsItsErrorAndItsNeighboursArePredicted() {
    var events = new ArrayList<>(Samples.events(new SplittableRandom(13), 2));
    events.add(1, new Event(50, PulseSeries.EMPTY));
    events.add(2, onePulse(51, 5_160, 1, 1));
    events.add(3, onePulse(52, 0, -1, 1));
    events.add(4, twoPulses(53, 5, 4));
    events.add(5, onePulse(54, 0, 1, 0));

    var results = stub().predict(Samples.eventsRequest(events).build()).getResultsList();

    assertThat(results.get(0).hasPrediction()).isTrue();
    assertThat(results.get(6).hasPrediction()).isTrue();
    assertThat(results.subList(1, 6))
        .extracting(result -> result.getError().getReason())
        .containsExactly(
            Reason.REASON_EVENT_EMPTY,
            Reason.REASON_SENSOR_UNKNOWN,
            Reason.REASON_TIME_OUT_OF_RANGE,
            Reason.REASON_TIME_UNSORTED,
            Reason.REASON_CHARGE_OUT_OF_RANGE);
    assertThat(results.get(2).getError().getEventId()).isEqualTo(51);
    assertThat(results.get(2).getError().getMessage()).contains("5160 of pulse 0 (expected: 0..");
  }

  @Test
  void anEventTooLargeIsAnsweredAsSuch() {
    int pulses = 262_145;
    var huge =
        new Event(
            1,
            PulseSeries.of(
                new int[pulses], new float[pulses], new float[pulses], new boolean[pulses]));

    var results = stub().predict(Samples.eventsRequest(List.of(huge)).build()).getResultsList();

    assertThat(results.get(0).getError().getReason()).isEqualTo(Reason.REASON_EVENT_TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "line-fit-onnx"})
  void anEventWithoutADirectionSaysSo(String model) {
    var request = Samples.eventsRequest(List.of(onePulse(9, 100, 1, 1))).setModelName(model);

    var prediction = stub().predict(request.build()).getResults(0).getPrediction();

    assertThat(prediction.getQualityList())
        .containsExactly(Quality.QUALITY_SINGLE_STRING, Quality.QUALITY_NO_DIRECTION);
    assertThat(prediction.getAzimuthRad()).isZero();
    assertThat(prediction.getZenithRad()).isEqualTo(Math.PI / 2);
    assertThat(prediction.hasKappa()).isFalse();
  }

  @Test
  void aLongEventIsTruncatedAndSaysSo() {
    var event = Samples.event(new SplittableRandom(15), 1, 2_000);

    var prediction =
        stub().predict(Samples.eventsRequest(List.of(event)).build()).getResults(0).getPrediction();

    assertThat(prediction.getPulsesSeen()).isEqualTo(2_000);
    assertThat(prediction.getPulsesUsed()).isEqualTo(768);
    assertThat(prediction.getQualityList()).containsExactly(Quality.QUALITY_TRUNCATED);
  }

  @Test
  void anEmptyDetectorHashMeansTheServersDetector() {
    var batch =
        EventCodec.encode(Samples.events(new SplittableRandom(16), 1), Samples.GEOMETRY).toBuilder()
            .clearDetector();

    var response = stub().predict(PredictRequest.newBuilder().setEvents(batch).build());

    assertThat(response.getResults(0).hasPrediction()).isTrue();
  }

  @Test
  void wrongRequestsAreRefusedAsAWholeWithTheirReason() {
    var events = Samples.events(new SplittableRandom(17), 1);
    var sound = Samples.eventsRequest(events).build();
    var features = Samples.featuresRequest(Samples.table(new SplittableRandom(17), 1)).build();

    assertRefused(PredictRequest.newBuilder(), Reason.REASON_REQUEST_EMPTY);
    assertRefused(
        PredictRequest.newBuilder().setEvents(EventBatch.getDefaultInstance()),
        Reason.REASON_REQUEST_EMPTY);
    var many = sound.toBuilder();
    for (int event = 0; event < 4_096; event++) {
      many.getEventsBuilder().addEventId(event);
    }
    assertRefused(many, Reason.REASON_REQUEST_TOO_LARGE);
    var mismatched = sound.toBuilder();
    mismatched.getEventsBuilder().addTimeNs(1);
    assertRefused(mismatched, Reason.REASON_COLUMNS_MISMATCHED);
    var elsewhere = sound.toBuilder();
    elsewhere.getEventsBuilder().setDetector(Detector.newBuilder().setGeometryHash("00"));
    assertRefused(elsewhere, Reason.REASON_DETECTOR_UNKNOWN);
    var newer = features.toBuilder();
    newer.getFeaturesBuilder().setFeatureVersion(2);
    assertRefused(newer, Reason.REASON_FEATURE_VERSION_UNSUPPORTED);
    var notFinite = features.toBuilder();
    byte[] rows = notFinite.getFeatures().getRows().toByteArray();
    rows[2] = (byte) 0xc0;
    rows[3] = 0x7f;
    notFinite.getFeaturesBuilder().setRows(ByteString.copyFrom(rows));
    assertRefused(notFinite, Reason.REASON_FEATURES_INVALID);
    assertRefused(sound.toBuilder().setModelName("nobody"), Reason.REASON_MODEL_UNKNOWN);
    assertRefused(sound.toBuilder().setModelVersion("2"), Reason.REASON_MODEL_UNKNOWN);
  }

  @Test
  void modelsAreListedByNameWithTheDefault() {
    var models = stub().listModels(ListModelsRequest.getDefaultInstance());

    assertThat(models.getDefaultModelName()).isEqualTo("line-fit");
    assertThat(models.getModelsList())
        .extracting(Model::getName)
        .containsExactly(
            "direction",
            "direction-int8",
            "direction-large",
            "event-class",
            "line-fit",
            "line-fit-onnx",
            "pandel");
    assertThat(models.getModelsList())
        .extracting(Model::getState)
        .containsOnly(Model.State.STATE_READY);
    var onnx = stub().getModel(GetModelRequest.newBuilder().setName("line-fit-onnx").build());
    assertThat(onnx).isEqualTo(models.getModels(5));
    assertThat(onnx.getState()).isEqualTo(Model.State.STATE_READY);
    assertThat(onnx.getRuntime()).isEqualTo(Model.Runtime.RUNTIME_ONNX);
    assertThat(onnx.getSha256()).hasSize(64);
    assertThat(onnx.getRowCountMax()).isEqualTo(768);
    assertThat(onnx.getFeatureVersion()).isEqualTo(1);
  }

  @Test
  void anUnknownModelIsNotFound() {
    for (String name : List.of("", "nobody")) {
      assertThatThrownBy(() -> stub().getModel(GetModelRequest.newBuilder().setName(name).build()))
          .hasMessageStartingWith("NOT_FOUND: ")
          .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(Reason.REASON_MODEL_UNKNOWN));
    }
  }

  private static ModelServiceGrpc.ModelServiceBlockingStub stub() {
    return ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static void assertRefused(PredictRequest.Builder request, Reason reason) {
    assertThatThrownBy(() -> stub().predict(request.build()))
        .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(reason))
        .hasMessageStartingWith(Reasons.codeOf(reason).name())
        .hasMessageContaining("(expected: ");
  }

  private static Event onePulse(long id, int sensorId, float timeNs, float chargePe) {
    return new Event(
        id,
        PulseSeries.of(
            new int[] {sensorId},
            new float[] {timeNs},
            new float[] {chargePe},
            new boolean[] {false}));
  }

  private static Event twoPulses(long id, float firstNs, float secondNs) {
    return new Event(
        id,
        PulseSeries.of(
            new int[2], new float[] {firstNs, secondNs}, new float[] {1, 1}, new boolean[2]));
  }
}
