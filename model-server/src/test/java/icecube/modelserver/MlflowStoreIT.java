// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model served from the registry of the MLflow that is installed: {@code -Dicecube.stores=true},
 * as starting it takes more time than a test may. One test: it starts twice, 6 s each time.
 */
@EnabledIfSystemProperty(named = "icecube.stores", matches = "true")
final class MlflowStoreIT {
  private static final String REFERENCE = "models:/echo@champion";

  @TempDir private Path folder;
  @TempDir private Path models;

  @Test
  void theVersionOfTheAliasIsServedFollowedAndServedOnWhileTheRegistryIsAway() throws Exception {
    try (var store = new MlflowStore(StoreProcess.require("mlflow"), folder)) {
      store.start();
      assertWhatIsMissingIsTold(store);
      moveAlias(store, files("1", false));
      try (var served = new ServedModels(REFERENCE, store.environment())) {
        assertThat(served.versionThatAnswers("echo")).isEqualTo("1");

        moveAlias(store, files("2", false));
        served.awaitVersion("echo", "2");

        moveAlias(store, files("3", true));
        served.awaitTrouble("echo", "3", "sha256 of model.onnx: ");
        assertThat(served.versionThatAnswers("echo")).isEqualTo("2");

        store.kill();
        served.awaitFailedReads(3, "echo", "2");

        store.start();
        assertThat(served.versionThatAnswers("echo")).isEqualTo("2");
        moveAlias(store, Map.of(ModelSource.GRAPH, OnnxModelTest.echo()));
        served.awaitVersion("echo", "4");
      }
    }
  }

  /** Neither a model nor an alias that the registry does not have starts a server. */
  private static void assertWhatIsMissingIsTold(MlflowStore store) throws Exception {
    assertRefused(store, REFERENCE, "status 404, RESOURCE_DOES_NOT_EXIST");
    store.createModel("echo");
    assertRefused(store, REFERENCE, "status 400, INVALID_PARAMETER_VALUE");
    assertRefused(store, "models:/echo/7", "status 404, RESOURCE_DOES_NOT_EXIST");
  }

  private static void assertRefused(MlflowStore store, String reference, String why) {
    assertThatThrownBy(() -> new ServedModels(reference, store.environment()).close())
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("models: " + reference + " at http://127.0.0.1:")
        .hasMessageContaining(why + " (expected: status 200); look at MLFLOW_TRACKING_URI");
  }

  private static void moveAlias(MlflowStore store, Map<String, byte[]> files) throws Exception {
    store.setAlias("echo", "champion", store.register("echo", files));
  }

  /** The echo with its manifest; of a broken one a byte is flipped after the checksum was made. */
  private Map<String, byte[]> files(String version, boolean isBroken) throws IOException {
    Graphs.writeEcho(models, "echo", version, "revision " + version);
    var written = models.resolve("echo").resolve(version);
    byte[] graph = Files.readAllBytes(written.resolve(ModelSource.GRAPH));
    if (isBroken) {
      graph[graph.length / 2] ^= 1;
    }
    return Map.of(
        ModelSource.MANIFEST,
        Files.readAllBytes(written.resolve(ModelSource.MANIFEST)),
        ModelSource.GRAPH,
        graph);
  }
}
