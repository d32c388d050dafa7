// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import icecube.v1.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who allows it is answered by the line fit, flagged, when the model it asks is unhealthy. */
@Timeout(60)
final class DegradedTest {
  private final ServiceFixture fixture =
      new ServiceFixture(true, 2, 1_000, BuiltInModels.served(BuiltInModels.LINE_FIT));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aModelThatIsNotReadyIsStoodInFor() {
    var response = fixture.blocking().predict(allowed("ill", 1, 2).build());

    assertDegraded(response, 1, 2);
    assertThat(degraded("ill", "MODEL_NOT_READY")).isEqualTo(2);
    assertThat(answeredByLineFit(1, 2)).isEqualTo(withoutFlags(response));
  }

  @Test
  void aModelThatBreaksIsStoodInFor() {
    var response = fixture.blocking().predict(allowed("gate", GateModel.BREAKS, 7).build());

    assertDegraded(response, GateModel.BREAKS, 7);
    assertThat(degraded("gate", "INTERNAL")).isEqualTo(2);
  }

  @Test
  void aModelThatWasUnloadedIsStoodInFor() throws Exception {
    fixture.models.unload("gate").get();

    assertDegraded(fixture.blocking().predict(allowed("", 3).build()), 3);
    assertThat(degraded("gate", "MODEL_NOT_READY")).isEqualTo(1);
  }

  @Test
  void aStreamGoesOnThroughHealthAndIllness() throws Exception {
    var caller = new PredictStreamCaller(fixture.async());
    caller.send(1, allowed("ill", 1));
    var first = caller.next();
    caller.send(2, allowed("gate", GateModel.BREAKS_BADLY));
    var second = caller.next();
    caller.send(3, allowed("gate", 3));
    var third = caller.next();
    caller.send(4, request("ill", 4));
    var fourth = caller.next();

    assertThat(first.getRequestId()).isEqualTo(1);
    assertDegraded(first, 1);
    assertThat(second.getRequestId()).isEqualTo(2);
    assertDegraded(second, GateModel.BREAKS_BADLY);
    assertThat(third.getModelName()).isEqualTo("gate");
    assertThat(third.getResults(0).getPrediction().getQualityList())
        .doesNotContain(Quality.QUALITY_DEGRADED);
    assertThat(Reasons.reasonOf(fourth.getStatus())).contains(Reason.REASON_MODEL_NOT_READY);
    caller.complete();
    assertThat(caller.awaitEnd()).isNull();
    Waiting.until("no stream is open", () -> fixture.service.streamCount() == 0);
  }

  @Test
  void whoDoesNotAllowItIsRefused() {
    assertRefused(request("ill", 1), Reason.REASON_MODEL_NOT_READY);
    assertRefused(request("gate", GateModel.BREAKS), Reason.REASON_INTERNAL);
    assertThat(fixture.meters.find("icecube.modelserver.events.degraded").counter()).isNull();
  }

  @Test
  void noOtherFaultIsStoodInFor() {
    assertRefused(allowed("nix", 1), Reason.REASON_MODEL_UNKNOWN);
    assertRefused(
        allowed("ill", 1).setEvents(allowed("ill", 1).getEvents().toBuilder().clearTimeNs()),
        Reason.REASON_COLUMNS_MISMATCHED);
    assertRefused(
        PredictRequest.newBuilder().setModelName("ill").setDegradedAllowed(true),
        Reason.REASON_REQUEST_EMPTY);
  }

  @Test
  void aWrongEventIsStillItsOwnError() {
    var wrong = allowed("ill", 1, 2);
    wrong.getEventsBuilder().setSensorId(0, 9_999);

    var response = fixture.blocking().predict(wrong.build());

    assertThat(response.getResults(0).getError().getReason())
        .isEqualTo(Reason.REASON_SENSOR_UNKNOWN);
    assertThat(response.getResults(1).getPrediction().getQualityList())
        .contains(Quality.QUALITY_DEGRADED);
    assertThat(degraded("ill", "MODEL_NOT_READY")).isEqualTo(1);
  }

  @Test
  void withoutTheLineFitTheModelsOwnTroubleIsTold() throws Exception {
    fixture.models.unload(BuiltInModels.LINE_FIT).get();

    assertRefused(allowed("ill", 1), Reason.REASON_MODEL_NOT_READY);
    assertThatThrownBy(() -> fixture.blocking().predict(allowed("ill", 1).build()))
        .hasMessageContaining("ill");
    assertRefused(allowed("gate", GateModel.BREAKS), Reason.REASON_INTERNAL);
  }

  private void assertRefused(PredictRequest.Builder request, Reason reason) {
    assertThatThrownBy(() -> fixture.blocking().predict(request.build()))
        .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(reason));
  }

  private static void assertDegraded(PredictResponse response, long... eventIds) {
    assertThat(response.getModelName()).isEqualTo("line-fit");
    assertThat(response.getResultsList())
        .extracting(result -> result.getPrediction().getEventId())
        .containsExactly(Arrays.stream(eventIds).boxed().toArray(Long[]::new));
    assertThat(response.getResultsList())
        .allSatisfy(
            result -> {
              Prediction prediction = result.getPrediction();
              assertThat(prediction.getModelName()).isEqualTo("line-fit");
              assertThat(prediction.getQualityList()).contains(Quality.QUALITY_DEGRADED);
            });
  }

  private List<Prediction> answeredByLineFit(long... eventIds) {
    return withoutFlags(fixture.blocking().predict(request("line-fit", eventIds).build()));
  }

  private static List<Prediction> withoutFlags(PredictResponse response) {
    return response.getResultsList().stream()
        .map(result -> result.getPrediction().toBuilder().clearQuality().build())
        .toList();
  }

  private double degraded(String model, String reason) {
    return fixture.count("icecube.modelserver.events.degraded", "model", model, "reason", reason);
  }

  private static PredictRequest.Builder allowed(String model, long... eventIds) {
    return request(model, eventIds).setDegradedAllowed(true);
  }

  private static PredictRequest.Builder request(String model, long... eventIds) {
    var events =
        Arrays.stream(eventIds)
            .mapToObj(id -> Samples.event(new SplittableRandom(id), id, 12))
            .toList();
    return Samples.eventsRequest(events).setModelName(model);
  }
}
