// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.modelserver.NamedModel.Version;
import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.physics.VonMisesFisher;
import icecube.proto.FeatureCodec;
import icecube.v1.EventResult;
import icecube.v1.Model;
import icecube.v1.PredictRequest;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import inference.DataType;
import inference.ModelConfigRequest;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse.TensorMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The radii that a direction model may say beside or in place of kappa. */
@Timeout(60)
final class DirectionRadiiTest {
  private static final float KAPPA = 40;

  @Test
  void theRadiiAreThoseOfTheModelAndNotThoseOfKappa() {
    var prediction = judged(true, true, 0.25f, 0.75f);

    assertThat(prediction.getKappa()).isEqualTo(KAPPA);
    assertThat(prediction.getRadius50Rad()).isEqualTo(0.25);
    assertThat(prediction.getRadius90Rad()).isEqualTo(0.75);
  }

  @Test
  void withoutRadiiTheyAreThoseKappaStandsFor() {
    var prediction = judged(true, false, 0.25f, 0.75f);

    var wanted = new VonMisesFisher(new Direction(0, 0, 1), KAPPA);
    assertThat(prediction.getRadius50Rad()).isEqualTo(wanted.containmentRad(0.5));
    assertThat(prediction.getRadius90Rad()).isEqualTo(wanted.containmentRad(0.9));
  }

  @Test
  void radiiNeedNoKappa() {
    var prediction = judged(false, true, 0.25f, 0.75f);

    assertThat(prediction.hasKappa()).isFalse();
    assertThat(prediction.getRadius50Rad()).isEqualTo(0.25);
    assertThat(prediction.getRadius90Rad()).isEqualTo(0.75);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0.75",
    "0.25, NaN",
    "0.75, 0.25",
    "0, 0.75",
    "0, 0",
    "-0.25, 0.75",
    "-0.75, -0.25",
    "0.25, 3.1416",
    "0.25, Infinity",
    "-Infinity, 0.75",
    "-Infinity, -Infinity"
  })
  void whatIsNoRadiusIsNotToldAndKappaStillIs(float radius50, float radius90) {
    var prediction = judged(true, true, radius50, radius90);

    assertThat(prediction.hasRadius50Rad()).isFalse();
    assertThat(prediction.hasRadius90Rad()).isFalse();
    assertThat(prediction.getKappa()).isEqualTo(KAPPA);
    assertThat(judged(false, true, radius50, radius90).hasRadius50Rad()).isFalse();
  }

  @Test
  void theWholeSkyAndEqualRadiiAreRadii() {
    float half = (float) Math.PI; // a little more than pi
    var prediction = judged(true, true, half, half);

    assertThat(prediction.getRadius50Rad()).isEqualTo(Math.PI);
    assertThat(prediction.getRadius90Rad()).isEqualTo(Math.PI);
  }

  @Test
  void anEventWithoutDirectionHasNoRadii() {
    var table = table(new float[] {0, 0, 0, KAPPA, 0.25f, 0.75f});
    try (var model = served("radii", "1", true, true)) {
      var result = EventResults.judge(table, 0, ask(model, table), model.card());

      assertThat(result.getPrediction().hasRadius50Rad()).isFalse();
    }
  }

  @Test
  void goodRadiiMendNoKappa() {
    var table = table(new float[] {0, 0, 1, -1, 0.25f, 0.75f});
    try (var model = served("radii", "1", true, true)) {
      var result = EventResults.judge(table, 0, ask(model, table), model.card());

      assertThat(result.getError().getReason()).isEqualTo(Reason.REASON_PREDICTION_INVALID);
    }
  }

  @Test
  void eachEventOfABatchHasItsOwnRadii() {
    var table = rows(100);
    try (var model = served("radii", "1", false, true)) {
      var answers = ask(model, table);

      for (int event = 0; event < 100; event++) {
        assertThat(answers.hasRadii(event)).isTrue();
        assertThat(answers.radius50Rad(event)).isEqualTo(table.value(event, 4));
        assertThat(answers.radius90Rad(event)).isEqualTo(table.value(event, 5));
        assertThat(answers.kappa(event)).isEmpty();
      }
    }
  }

  @Test
  void radiiComeThroughTheServiceAndItsStreamWithTheirEvents() throws Exception {
    var table = rows(200);
    try (var fixture = new ServiceFixture(true, 2, 8_192, served("radii", "1", true, true))) {
      var batch = FeatureCodec.encode(table);
      var request = PredictRequest.newBuilder().setModelName("radii").setFeatures(batch);
      assertRadii(table, fixture.blocking().predict(request.build()).getResultsList());

      var caller = new PredictStreamCaller(fixture.async());
      for (long id = 1; id <= 20; id++) {
        caller.send(id, request);
      }
      caller.complete();
      for (int answer = 0; answer < 20; answer++) {
        assertRadii(table, caller.next().getResultsList());
      }
    }
  }

  @Test
  void theOpenProtocolHasRadiiAsAnOutputLikeOthers() {
    try (var fixture = new ServiceFixture(true, 1, 1_000, served("radii", "1", true, true))) {
      var asked = ModelMetadataRequest.newBuilder().setName("radii").build();
      var outputs = fixture.open().modelMetadata(asked).getOutputsList();
      assertThat(outputs)
          .extracting(TensorMetadata::getName)
          .containsExactly("direction", "kappa", "radii");
      assertThat(outputs.get(2).getDatatype()).isEqualTo("FP32");
      assertThat(outputs.get(2).getShapeList()).containsExactly(-1L, 2L);

      var configuration =
          fixture
              .open()
              .modelConfig(ModelConfigRequest.newBuilder().setName("radii").build())
              .getConfig()
              .getOutput(2);
      assertThat(configuration.getDataType()).isEqualTo(DataType.TYPE_FP32);
      assertThat(configuration.getDimsList()).containsExactly(2L);

      var table = rows(30);
      var said = fixture.open().modelInfer(OipSamples.padded(table).setModelName("radii").build());
      assertThat(said.getOutputs(2).getShapeList()).containsExactly(30L, 2L);
      for (int event = 0; event < 30; event++) {
        assertThat(OipSamples.number(said, 2, 2 * event)).isEqualTo(table.value(event, 4));
        assertThat(OipSamples.number(said, 2, 2 * event + 1)).isEqualTo(table.value(event, 5));
      }
    }
  }

  @Test
  void aCanaryAndAShadowMaySayOtherOutputsThanTheirChampion() {
    var gate = new GateModel(true);
    var named =
        List.of(
            new NamedModel(
                "gate", List.of(new Version(gate.served("gate"), "", "")), ModelLabels.NONE),
            new NamedModel(
                "radii",
                List.of(
                    new Version(served("radii", "1", true, true), "", ""),
                    new Version(served("radii", "2", false, true), "", ""),
                    new Version(served("radii", "3", true, false), "", "")),
                ModelLabels.parse(
                    "{champion: '1', canary: '2', canary_percent: 0, shadow: '3'}"
                        .getBytes(StandardCharsets.UTF_8))));
    try (var fixture = new ServiceFixture(gate, named, 1, 1_000)) {
      var table = rows(10);
      var request =
          PredictRequest.newBuilder().setModelName("radii").setFeatures(FeatureCodec.encode(table));
      var champion = fixture.blocking().predict(request.build());

      assertThat(champion.getModelVersion()).isEqualTo("1");
      assertRadii(table, champion.getResultsList());
      Waiting.until(
          "the shadow is compared",
          () ->
              fixture.count(
                      "icecube.modelserver.shadow.events",
                      "model_version",
                      "3",
                      "outcome",
                      "MEASURED")
                  == 10);
      var canary = fixture.blocking().predict(request.setModelVersion("@canary").build());
      assertThat(canary.getModelVersion()).isEqualTo("2");
      assertRadii(table, canary.getResultsList());
      assertThat(canary.getResults(0).getPrediction().hasKappa()).isFalse();
    }
  }

  @Test
  void aManifestStatesRadiiAndTheGraphHasToHaveThem(@TempDir Path models) throws IOException {
    Graphs.writeModel(models, "radii", "1", "With radii.", graph(true, true));
    var manifest = models.resolve("radii/1/model.yaml");
    var sound = Files.readString(manifest) + "    radii: float32[batch, 2]\n";
    Files.writeString(manifest, sound);
    try (var repository = ModelRepository.open(Optional.of(models), "radii", 1)) {
      assertThat(repository.find("radii", "1").inference().signature())
          .isEqualTo(ModelSignature.DIRECTION_KAPPA_AND_RADII);
    }

    Graphs.writeModel(models, "radii", "1", "Without radii.", graph(true, false));
    var graph = Graphs.sha256(graph(true, false));
    Files.writeString(manifest, sound.replaceAll("sha256: .*", "sha256: " + graph));
    try (var repository = ModelRepository.open(Optional.of(models), "line-fit", 1)) {
      assertThat(repository.cards())
          .filteredOn(card -> card.name().equals("radii"))
          .singleElement()
          .satisfies(card -> assertThat(card.description()).contains("radii FP32[-1, 2]"));
    }
  }

  @Test
  void whatIsCalledRadiiAndIsNotOfTwoIsNoDirectionModels() {
    var text =
        new SignatureText(
            Map.of("features", "float32[b, n, 6]", "lengths", "int64[b]"),
            Map.of("direction", "float32[b, 3]", "radii", "float32[b, 3]"));

    assertThat(text.parse(null).isOfDirections()).isFalse();
  }

  private static Prediction judged(
      boolean hasKappa, boolean hasRadii, float radius50, float radius90) {
    var table = table(new float[] {0, 0, 1, KAPPA, radius50, radius90});
    try (var model = served("radii", "1", hasKappa, hasRadii)) {
      var result = EventResults.judge(table, 0, ask(model, table), model.card());
      assertThat(result.hasPrediction()).isTrue();
      return result.getPrediction();
    }
  }

  private static void assertRadii(FeatureTable table, List<EventResult> results) {
    assertThat(results).hasSize(table.eventCount());
    for (int event = 0; event < results.size(); event++) {
      var prediction = results.get(event).getPrediction();
      assertThat(prediction.getEventId()).isEqualTo(table.eventId(event));
      assertThat(prediction.getRadius50Rad()).isCloseTo(table.value(event, 4), within(0.0));
      assertThat(prediction.getRadius90Rad()).isCloseTo(table.value(event, 5), within(0.0));
    }
  }

  private static Answers ask(ServedModel model, FeatureTable table) {
    return DirectionTask.ask(model.inference(), table);
  }

  /** Events of one row, which says the answer: direction, kappa, radii of its own. */
  private static FeatureTable rows(int events) {
    float[] values = new float[events * FeatureTable.COLUMN_COUNT];
    for (int event = 0; event < events; event++) {
      float radius = (1 + event) / 256f;
      float[] row = {0, 0, 1, KAPPA, radius, 2 * radius};
      System.arraycopy(row, 0, values, event * row.length, row.length);
    }
    return table(values);
  }

  private static FeatureTable table(float[] values) {
    int events = values.length / FeatureTable.COLUMN_COUNT;
    long[] eventId = new long[events];
    int[] ones = new int[events];
    for (int event = 0; event < events; event++) {
      eventId[event] = event + 1L;
      ones[event] = 1;
    }
    return FeatureTable.owning(eventId, ones, ones.clone(), new int[events], values);
  }

  private static ServedModel served(
      String name, String version, boolean hasKappa, boolean hasRadii) {
    var model = OnnxModel.load(graph(hasKappa, hasRadii), 768, 1);
    assertThat(model.signature().isOfDirections()).isTrue();
    return ServedModel.ready(name, version, Model.Runtime.RUNTIME_ONNX, "", "", model);
  }

  /** Answers with the sum of an event's rows: direction, kappa, radii. */
  private static byte[] graph(boolean hasKappa, boolean hasRadii) {
    var graph =
        new GraphWriter()
            .input("features", "float32[batch, rows, 6]")
            .input("lengths", "int64[batch]")
            .sum("row", "features", 1)
            .split("row", new int[] {3, 1, 2}, "direction", "column", "radii")
            .sum("kappa", "column", 1);
    // The other way round than tasks count them: the order of a graph's outputs means nothing.
    if (hasRadii) {
      graph.output("radii", "float32[batch, 2]");
    }
    if (hasKappa) {
      graph.output("kappa", "float32[batch]");
    }
    return graph.output("direction", "float32[batch, 3]").write();
  }
}
