// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.modelserver.NamedModel.Version;
import icecube.physics.FeatureTable;
import icecube.proto.FeatureCodec;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import inference.DataType;
import inference.ModelConfigRequest;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse.TensorMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Radii on their way: through services, beside other versions, from a manifest. */
@Timeout(60)
final class DirectionRadiiServiceTest {
  @Test
  void radiiComeThroughTheServiceAndItsStreamWithTheirEvents() throws Exception {
    var table = RadiiModels.rows(200);
    try (var fixture =
        new ServiceFixture(true, 2, 8_192, RadiiModels.served("radii", "1", true, true))) {
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
    try (var fixture =
        new ServiceFixture(true, 1, 1_000, RadiiModels.served("radii", "1", true, true))) {
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

      var table = RadiiModels.rows(30);
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
                    new Version(RadiiModels.served("radii", "1", true, true), "", ""),
                    new Version(RadiiModels.served("radii", "2", false, true), "", ""),
                    new Version(RadiiModels.served("radii", "3", true, false), "", "")),
                ModelLabels.parse(
                    "{champion: '1', canary: '2', canary_percent: 0, shadow: '3'}"
                        .getBytes(StandardCharsets.UTF_8))));
    try (var fixture = new ServiceFixture(gate, named, 1, 1_000)) {
      var table = RadiiModels.rows(10);
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
    Graphs.writeModel(models, "radii", "1", "With radii.", RadiiModels.graph(true, true));
    var manifest = models.resolve("radii/1/model.yaml");
    var sound = Files.readString(manifest) + "    radii: float32[batch, 2]\n";
    Files.writeString(manifest, sound);
    try (var repository = ModelRepository.open(Optional.of(models), "radii", 1)) {
      assertThat(repository.find("radii", "1").inference().signature())
          .isEqualTo(ModelSignature.DIRECTION_KAPPA_AND_RADII);
    }

    Graphs.writeModel(models, "radii", "1", "Without radii.", RadiiModels.graph(true, false));
    var graph = Graphs.sha256(RadiiModels.graph(true, false));
    Files.writeString(manifest, sound.replaceAll("sha256: .*", "sha256: " + graph));
    try (var repository = ModelRepository.open(Optional.of(models), "line-fit", 1)) {
      assertThat(repository.cards())
          .filteredOn(card -> card.name().equals("radii"))
          .singleElement()
          .satisfies(card -> assertThat(card.description()).contains("radii FP32[-1, 2]"));
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
}
