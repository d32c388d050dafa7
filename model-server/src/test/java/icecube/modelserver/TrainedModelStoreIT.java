// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model that {@code icecube-train} has trained and registered, served from the registry by its
 * alias: {@code -Dicecube.stores=true} and the environment variable {@value #PYTHON}, the
 * interpreter that has the training package.
 */
@EnabledIfSystemProperty(named = "icecube.stores", matches = "true")
final class TrainedModelStoreIT {
  private static final String PYTHON = "TRAINING_PYTHON";
  private static final long TRAINING_SECONDS_MAX = 900;

  @TempDir private Path folder;

  @Test
  void aModelThatTrainingHasRegisteredAnswersByItsAlias() throws Exception {
    String python = System.getenv().getOrDefault(PYTHON, "");
    String why = "SKIPPED: no %s (.ci/python-check makes one)".formatted(PYTHON);
    if (python.isEmpty()) {
      System.out.println(why);
    }
    assumeTrue(!python.isEmpty(), why);
    try (var store = new MlflowStore(StoreProcess.require("mlflow"), folder)) {
      store.start();
      train(python, store);
      try (var served = new ServedModels("models:/tiny@champion", store.environment())) {
        assertThat(served.versionThatAnswers("tiny")).isEqualTo("1");
      }
    }
  }

  private void train(String python, MlflowStore store) throws IOException, InterruptedException {
    var script = Path.of("..", "training", "tests", "register_tiny.py").toAbsolutePath();
    var log = folder.resolve("training.log");
    var builder =
        new ProcessBuilder(python, script.toString(), folder.resolve("training").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(store.environment());
    var training = builder.start();
    try {
      assertThat(training.waitFor(TRAINING_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
      assertThat(training.exitValue()).as("it said: %s", Files.readString(log)).isZero();
    } finally {
      training.destroyForcibly();
    }
  }
}
