// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.Closer;
import icecube.chassis.StartException;
import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelRepositoryTest {
  @TempDir private Path models;
  private Path version;

  @BeforeEach
  void copyTheRepositorysModel() throws IOException {
    version = Files.createDirectories(models.resolve("line-fit-onnx/1"));
    for (String file : List.of("model.onnx", "model.yaml")) {
      Files.copy(Samples.MODELS.resolve("line-fit-onnx/1").resolve(file), version.resolve(file));
    }
  }

  @Test
  void theFitsAreThereWithoutAnyFolder() {
    try (var repository = ModelRepository.open(Optional.empty(), "line-fit", 1)) {
      assertThat(repository.names()).containsExactly("line-fit", "pandel");
      assertThat(repository.isReady("line-fit")).isTrue();
      assertThat(repository.isReady("pandel")).isTrue();
    }
  }

  @Test
  void aSoundModelIsReadyWithItsCard() {
    try (var repository = open("line-fit-onnx")) {
      var card = repository.find("", "").card();
      assertThat(card.label()).isEqualTo("line-fit-onnx/1");
      assertThat(card.state()).isEqualTo(Model.State.STATE_READY);
      assertThat(card.description()).startsWith("Improved line fit");
    }
  }

  @Test
  void aFlippedByteIsNoticed() throws IOException {
    byte[] graph = Files.readAllBytes(version.resolve("model.onnx"));
    graph[graph.length / 2] ^= 1;
    Files.write(version.resolve("model.onnx"), graph);

    assertFails("sha256 of model.onnx: ", "as in model.yaml");
  }

  @Test
  void aMissingGraphIsNamed() throws IOException {
    Files.delete(version.resolve("model.onnx"));

    assertFails("model.onnx: missing in ", "(expected: a graph)");
  }

  @Test
  void aGraphWithoutAManifestIsServedByItsOwnSignature() throws IOException {
    Files.delete(version.resolve("model.yaml"));

    try (var repository = open("line-fit-onnx")) {
      var card = repository.find("", "").card();
      assertThat(card.state()).isEqualTo(Model.State.STATE_READY);
      assertThat(card.rowCountMax()).isEqualTo(768);
      assertThat(card.sha256())
          .isEqualTo("f954da1687316c7b7b3d0f413f250767eec5c9093df375c1fe1520efed806e4f");
      assertThat(card.description()).startsWith("No model.yaml in ");
    }
  }

  @Test
  void aLinkOutOfTheFolderIsRefusedAndOneWithinIsFollowed(@TempDir Path elsewhere)
      throws IOException {
    var graph = version.resolve("model.onnx");
    var outside = Files.move(graph, elsewhere.resolve("model.onnx"));
    Files.createSymbolicLink(graph, outside);
    assertFails("model.onnx: leads to ", "(expected: within ");

    Files.delete(graph);
    Files.copy(outside, Files.createDirectories(models.resolve(".mounted")).resolve("graph"));
    Files.createSymbolicLink(graph, Path.of("../../.mounted/graph"));
    try (var repository = open("line-fit-onnx")) {
      assertThat(repository.isReady("line-fit-onnx")).isTrue();
    }
  }

  @Test
  void aModelThatAnswersNoNumbersFailsItsRehearsal() throws IOException {
    Files.delete(version.resolve("model.yaml"));
    Files.write(version.resolve("model.onnx"), Graphs.echoOfBrokenWeights());

    assertFails("for a sound event of 1 rows (expected: finite)", "kappa: NaN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "description:        | learning_rate: 3\\ndescription: | learning_rate",
        "feature_version: 1  | feature_version: 2          | feature_version: 2 (expected: 1)",
        "feature_version: 1  | feature_version: one        | feature",
        "row_count_max: 768  | row_count_max: 0            | row_count_max: 0 (expected: 1..768)",
        "row_count_max: 768  | row_count_max: 769          | row_count_max: 769",
        "row_count_max: 768\\n | ''                        | row_count_max",
        "row_count_max: 768  | 'row_count_max: 768\\n"
            + "row_count_step: 1' | row_count_step: 1.0 (expected: above 1",
        "name: line-fit-onnx | name: other                 | name: other (expected: line-fit-onnx",
        "name: line-fit-onnx | name: ../up                 | name: ../up (expected: [a-z0-9]",
        "version: \"1\"      | version: \"2\"              | version: 2 (expected: 1",
        "int64[batch]        | int32[batch]                | it is no direction model: [features"
            + " FP32[-1, -1, 6], lengths INT32",
        "direction:          | course:                     | -> [course FP32[-1, 3]]",
        "direction: f        | kappa: float32[batch]\\n"
            + "    direction: f | (expected: as in model.onnx, [features",
        "sha256: f           | sha256: X                   | sha256: X",
        "sha256:             | 'sha256: &a [*a, '          | model.yaml: ",
      })
  void aWrongManifestIsNamedByItsField(String from, String to, String message) throws IOException {
    edit(yaml -> yaml.replace(unescaped(from), unescaped(to)));

    assertFails(message, "");
  }

  @Test
  void anEmptyAndAHugeManifestAreRefused() throws IOException {
    edit(yaml -> "");
    assertFails("model.yaml: ", "");
    edit(yaml -> "#".repeat(ModelManifest.SIZE_BYTES_MAX + 1));
    assertFails("model.yaml: 65537 bytes (expected: at most 65536)", "");
  }

  @Test
  void aBrokenModelStopsNothingUnlessItIsTheDefault() throws IOException {
    Files.delete(version.resolve("model.onnx"));

    try (var repository = open("line-fit")) {
      var broken = repository.find("line-fit-onnx", "");
      assertThat(repository.isReady("line-fit-onnx")).isFalse();
      assertThatThrownBy(broken::inference)
          .isInstanceOfSatisfying(
              ReasonException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.REASON_MODEL_NOT_READY));
    }
    assertThatThrownBy(() -> open("line-fit-onnx"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("default model: ")
        .hasMessageContaining("model.onnx: missing");
    assertThatThrownBy(() -> open("nobody"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("nobody (expected: one of [line-fit, line-fit-onnx, pandel])");
  }

  @Test
  void aMissingFolderStopsTheStart() {
    var missing = models.resolve("missing");

    assertThatThrownBy(() -> ModelRepository.open(Optional.of(missing), "line-fit", 1))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("expected: a folder");
  }

  @Test
  void theNewestReadyVersionAnswersAndTenIsNewerThanNine() throws IOException {
    for (String number : List.of("9", "10", "11")) {
      var folder = Files.createDirectories(models.resolve("line-fit-onnx").resolve(number));
      Files.copy(version.resolve("model.onnx"), folder.resolve("model.onnx"));
      Files.writeString(
          folder.resolve("model.yaml"),
          Samples.unsealed(Files.readString(version.resolve("model.yaml")))
              .replace("version: \"1\"", "version: \"" + number + "\""));
    }
    Files.delete(models.resolve("line-fit-onnx/11/model.onnx"));

    try (var repository = open("line-fit")) {
      assertThat(repository.find("line-fit-onnx", "").card().version()).isEqualTo("10");
      assertThat(repository.find("line-fit-onnx", "9").card().version()).isEqualTo("9");
      assertThat(repository.cards())
          .extracting(ModelCard::label)
          .containsExactly(
              "line-fit/1",
              "line-fit-onnx/1",
              "line-fit-onnx/9",
              "line-fit-onnx/10",
              "line-fit-onnx/11",
              "pandel/1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "pandel"})
  void nobodyTakesTheNameOfABuiltInModel(String name) throws IOException {
    Files.move(models.resolve("line-fit-onnx"), models.resolve(name));
    version = models.resolve(name).resolve("1");
    edit(yaml -> yaml.replace("name: line-fit-onnx", "name: " + name));

    try (var repository = open("line-fit")) {
      assertThat(repository.cards())
          .extracting(ModelCard::label)
          .containsExactly("line-fit/1", "pandel/1");
      assertThat(repository.find(name, "").card().runtime()).isEqualTo(Model.Runtime.RUNTIME_JAVA);
    }
  }

  @Test
  void moreModelsThanTheLimitStopTheStart() throws IOException {
    for (int number = 0; number < ModelFolder.MODEL_COUNT_MAX; number++) {
      Files.createDirectories(models.resolve("empty").resolve("v" + number));
    }

    assertThatThrownBy(() -> open("line-fit"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("(expected: at most 64)");
  }

  @Test
  void aRepositoryClosesItsModels() {
    var gate = new GateModel(true);
    ModelRepository.of(List.of(gate.served("gate")), "gate", new Closer()).close();

    assertThat(gate.closed).isTrue();
  }

  private ModelRepository open(String defaultName) {
    return ModelRepository.open(Optional.of(models), defaultName, 1);
  }

  private void edit(UnaryOperator<String> change) throws IOException {
    var file = version.resolve("model.yaml");
    Files.writeString(file, change.apply(Samples.unsealed(Files.readString(file))));
  }

  private void assertFails(String message, String furtherMessage) {
    try (var repository = open("line-fit")) {
      var card = repository.find("line-fit-onnx", "").card();
      assertThat(card.state()).isEqualTo(Model.State.STATE_FAILED);
      assertThat(card.description()).contains(message).contains(furtherMessage);
    }
  }

  private static String unescaped(String text) {
    return text.replace("\\n", "\n");
  }
}
