// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.modelserver.NamedModel.Version;
import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which version of a model answers. */
final class NamedModelTest {
  @Test
  void theNewestReadyVersionAnswersIfThereAreNoLabels() {
    assertThat(chosen(model("", ready("9"), ready("10"), failed("11")), "")).isEqualTo("10");
    assertThat(chosen(model("", failed("1"), failed("2")), "")).isEqualTo("2");
  }

  @Test
  void theChampionAnswersWhileItIsReady() {
    assertThat(chosen(model("champion: '9'", ready("9"), ready("10")), "")).isEqualTo("9");
    assertThat(chosen(model("champion: '9'", failed("9"), ready("10")), "")).isEqualTo("10");
    assertThat(chosen(model("champion: '8'", ready("9"), ready("10")), "")).isEqualTo("10");
  }

  @Test
  void aVersionOnTrialIsNotTakenForBeingTheNewest() {
    assertThat(chosen(model("shadow: '10'", ready("9"), ready("10")), "")).isEqualTo("9");
    assertThat(chosen(model("canary: '10'", ready("9"), ready("10")), "")).isEqualTo("9");
    assertThat(chosen(model("shadow: '10'", failed("9"), ready("10")), "")).isEqualTo("10");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "7", "10", "50", "99", "100"})
  void theCanaryAnswersItsShareOfRequests(int percent) {
    var model = model("canary: '10'\ncanary_percent: " + percent, ready("9"), ready("10"));

    long canary =
        IntStream.range(0, 10_000)
            .filter(request -> answering(model, OptionalLong.of(32L * request)).equals("10"))
            .count();
    long canaryWithoutKeys =
        IntStream.range(0, 10_000)
            .filter(request -> answering(model, OptionalLong.empty()).equals("10"))
            .count();

    assertThat(canary).isBetween(100L * percent - 20, 100L * percent + 20);
    assertThat(canaryWithoutKeys).isBetween(100L * percent - 20, 100L * percent + 20);
  }

  @Test
  void theSameRequestHasTheSameVersionAgain() {
    var one = model("canary: '10'\ncanary_percent: 30", ready("9"), ready("10"));
    var other = model("canary: '10'\ncanary_percent: 30", ready("9"), ready("10"));

    for (long key = -500; key < 500; key++) {
      String version = answering(one, OptionalLong.of(key));
      assertThat(answering(one, OptionalLong.of(key))).isEqualTo(version);
      assertThat(answering(other, OptionalLong.of(key))).isEqualTo(version);
    }
  }

  @Test
  void theCanaryOnlyAnswersRequestsThatNameNoVersion() {
    var model = model("canary: '10'\ncanary_percent: 100", ready("9"), ready("10"));

    assertThat(answering(model, OptionalLong.of(1))).isEqualTo("10");
    assertThat(model.chooseFor("9", OptionalLong.of(1)).card().version()).isEqualTo("9");
    assertThat(chosen(model, "")).as("who is looked at, not asked").isEqualTo("9");
  }

  @Test
  void aCanaryThatIsNotReadyAnswersNothing() {
    var model = model("canary: '10'\ncanary_percent: 100", ready("9"), failed("10"));

    assertThat(answering(model, OptionalLong.of(1))).isEqualTo("9");
  }

  @ParameterizedTest
  @CsvSource({"0", "20", "100"})
  void theShadowIsAskedItsShareOfWhatTheChampionAnswered(int percent) {
    var model = model("shadow: '10'\nshadow_percent: " + percent, ready("9"), ready("10"));
    var champion = model.choose("");

    long asked =
        IntStream.range(0, 10_000)
            .filter(request -> model.shadowOf(champion, request).isPresent())
            .count();

    assertThat(asked).isBetween(100L * percent - 20, 100L * percent + 20);
  }

  @Test
  void theShadowIsAskedEverythingUnlessAPercentIsSaid() {
    var model = model("shadow: '10'", ready("9"), ready("10"));

    assertThat(model.shadowOf(model.choose(""), 7)).contains("10");
  }

  @Test
  void aShadowIsNotHeldAgainstACanaryNorAgainstItself() {
    var model = model("shadow: '3'\ncanary: '2'", ready("1"), ready("2"), ready("3"));

    assertThat(model.shadowOf(model.choose("@canary"), 7)).isEmpty();
    assertThat(model.shadowOf(model.choose("@shadow"), 7)).isEmpty();
    assertThat(model.shadowOf(model.choose("1"), 7)).contains("3");
    var without = model("shadow: '3'", ready("1"), failed("3"));
    assertThat(without.shadowOf(without.choose(""), 7)).isEmpty();
  }

  @Test
  void aRequestMayNameAVersionOrALabel() {
    var model =
        model("champion: '1'\ncanary: '2'\nshadow: '3'", ready("1"), ready("2"), ready("3"));

    assertThat(chosen(model, "2")).isEqualTo("2");
    assertThat(chosen(model, "@champion")).isEqualTo("1");
    assertThat(chosen(model, "@canary")).isEqualTo("2");
    assertThat(chosen(model, "@shadow")).isEqualTo("3");
    for (String unknown : List.of("4", "@other", "@", "champion")) {
      assertThatThrownBy(() -> model.choose(unknown))
          .isInstanceOfSatisfying(
              ReasonException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.REASON_MODEL_UNKNOWN))
          .hasMessage("model_version: " + unknown + " of gate (expected: one of [1, 2, 3])");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "champion: ''          | champion:  (expected: [A-Za-z0-9]",
        "shadow: ../up         | shadow: ../up (expected: ",
        "canary_percent: 101   | canary_percent: 101 (expected: 0..100)",
        "canary_percent: 10    | canary: missing (expected: a version, with a percent)",
        "shadow_percent: 10    | shadow: missing (expected: a version, with a percent)",
        "'{shadow: a, shadow_percent: -1}' | shadow_percent: -1 (expected: 0..100)",
        "canary_percent: many  | labels.yaml: ",
        "chamption: 1          | chamption",
        "'champion: ['         | labels.yaml: ",
      })
  void wrongLabelsAreNamedByTheirField(String yaml, String message) {
    assertThatThrownBy(() -> ModelLabels.parse(bytes(yaml)))
        .isInstanceOf(PredictorException.class)
        .hasMessageStartingWith("labels.yaml: ")
        .hasMessageContaining(message);
  }

  @Test
  void anEmptyFileHasNoLabels() {
    assertThat(ModelLabels.parse(bytes("{}"))).isEqualTo(ModelLabels.NONE);
  }

  private static NamedModel model(String labels, Version... versions) {
    return new NamedModel(
        "gate",
        List.of(versions),
        labels.isEmpty() ? ModelLabels.NONE : ModelLabels.parse(bytes(labels)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String chosen(NamedModel model, String wanted) {
    return model.choose(wanted).card().version();
  }

  private static String answering(NamedModel model, OptionalLong key) {
    return model.chooseFor("", key).card().version();
  }

  private static Version ready(String version) {
    return new Version(
        ServedModel.ready(
            "gate", version, Model.Runtime.RUNTIME_JAVA, "", "A gate.", new GateModel(true)),
        "",
        "");
  }

  private static Version failed(String version) {
    return new Version(ServedModel.failed("gate", version, "broken"), "", "broken");
  }
}
