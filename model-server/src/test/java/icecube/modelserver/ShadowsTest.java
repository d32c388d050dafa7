// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.modelserver.NamedModel.Version;
import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shadow is asked what the champion has answered, and only the difference is heard of it. */
@Timeout(60)
final class ShadowsTest {
  private final GateModel champion = new GateModel(true);
  private final GateModel shadow = new GateModel(true, 1, 0, 0);
  private final ServiceFixture fixture =
      new ServiceFixture(
          champion,
          List.of(
              new NamedModel(
                  "gate",
                  List.of(version(champion, "1"), version(shadow, "2")),
                  ModelLabels.parse("shadow: '2'".getBytes(StandardCharsets.UTF_8)))),
          1,
          1_000);

  @AfterEach
  void close() {
    shadow.letThrough(1_000);
    fixture.close();
  }

  @Test
  void theAngleBetweenTheTwoIsMeasuredEventByEvent() {
    var response = predict(request("", 1, 2, 3));

    assertThat(response.getModelVersion()).isEqualTo("1");
    assertThat(response.getResults(2).getPrediction().getZ()).isEqualTo(1);
    Waiting.until("they are compared", () -> outcome("MEASURED") == 3);
    var divergence =
        fixture
            .meters
            .get("icecube.modelserver.divergence.rad")
            .tags("model", "gate", "model_version", "2")
            .summary();
    assertThat(divergence.count()).isEqualTo(3);
    assertThat(divergence.mean()).isCloseTo(Math.PI / 2, within(1e-12));
  }

  @Test
  void whatAShadowIsAskedIsNobodysRequest() {
    predict(request("", 1, 2));
    Waiting.until("they are compared", () -> outcome("MEASURED") == 2);

    assertThat(fixture.count("icecube.modelserver.requests.answered")).isEqualTo(1);
    assertThat(fixture.count("icecube.modelserver.events.predicted", "model_version", "2"))
        .isZero();
    assertThat(fixture.meters.get("icecube.modelserver.queue.wait").timer().count()).isEqualTo(1);
  }

  @Test
  void aShadowThatBreaksHarmsNobody() {
    var response = predict(request("", 1));
    Waiting.until("it is compared", () -> outcome("MEASURED") == 1);
    assertThat(response.getResults(0).hasPrediction()).isTrue();
    shadow.breakFromNowOn();

    assertThat(predict(request("", 2, 3)).getResults(1).hasPrediction()).isTrue();

    Waiting.until("they are given up", () -> outcome("SKIPPED") == 2);
    assertThat(predict(request("", 4)).getResults(0).hasPrediction()).isTrue();
    assertThat(fixture.meters.get("icecube.modelserver.requests.dropped").counters())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  @Test
  void whatHasNoDirectionOfOneIsCountedApart() {
    var wrong = request("", 1, 2);
    wrong.getEventsBuilder().setSensorId(0, 9_999);

    predict(wrong);

    Waiting.until("they are compared", () -> outcome("MEASURED") + outcome("NEITHER") == 2);
    assertThat(outcome("NEITHER")).isEqualTo(1);
    assertThat(outcome("ONE_SIDED")).isZero();
  }

  @Test
  void whoNamesAVersionIsNotCompared() {
    assertThat(predict(request("1", 1)).getModelVersion()).isEqualTo("1");
    assertThat(predict(request("@shadow", 2)).getModelVersion()).isEqualTo("2");

    Waiting.until("nothing is in flight", () -> fixture.queue.eventsInFlight() == 0);
    assertThat(fixture.meters.find("icecube.modelserver.shadow.events").counter()).isNull();
  }

  @Test
  void whatTheChampionDidNotAnswerIsNotAsked() {
    assertThatThrownBy(() -> predict(request("", GateModel.BREAKS)))
        .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(Reason.REASON_INTERNAL));

    Waiting.until("nothing is in flight", () -> fixture.queue.eventsInFlight() == 0);
    assertThat(shadow.runCount()).isZero();
    assertThat(fixture.meters.find("icecube.modelserver.shadow.events").counter()).isNull();
  }

  private double outcome(String outcome) {
    return fixture.count(
        "icecube.modelserver.shadow.events",
        "model",
        "gate",
        "model_version",
        "2",
        "outcome",
        outcome);
  }

  private PredictResponse predict(PredictRequest.Builder request) {
    return fixture.blocking().predict(request.build());
  }

  private static PredictRequest.Builder request(String version, long... eventIds) {
    var events =
        Arrays.stream(eventIds)
            .mapToObj(id -> Samples.event(new SplittableRandom(id), id, 12))
            .toList();
    return Samples.eventsRequest(events).setModelName("gate").setModelVersion(version);
  }

  private static Version version(GateModel model, String version) {
    return new Version(model.served("gate", version), "", "");
  }
}
