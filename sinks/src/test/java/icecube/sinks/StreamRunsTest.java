// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.sinks.WindowFigures.ModelVersion;
import icecube.testkit.CannedMlflow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The runs of a stream that more versions of models predict than are held open. */
@Timeout(60)
final class StreamRunsTest {
  private static final int OPEN_MAX = 3;
  private static final int MANY = OPEN_MAX + 1;

  private CannedMlflow mlflow;
  private StreamRuns runs;

  @SuppressWarnings("NullAway.Init")
  StreamRunsTest() {}

  @BeforeEach
  void start() throws Exception {
    mlflow = new CannedMlflow();
    MlflowServer server = MlflowServer.of(mlflow.uri().toString(), Map.of());
    SinkSettings settings =
        new SinkSettings(
            server, "icecube", SinkSettings.EXPERIMENT, Duration.ofSeconds(1), "icecube test");
    runs = StreamRuns.open(new MlflowRuns(server), settings, 2, 1_000, OPEN_MAX);
  }

  @AfterEach
  void stop() {
    mlflow.close();
  }

  @Test
  void holdsMoreRunsThanOneWindowHasVersions() {
    assertThat(StreamRuns.RUN_COUNT_MAX).isGreaterThan(Window.VERSION_COUNT_MAX);
  }

  @Test
  void everyVersionHasItsRunHoweverManyCome() throws Exception {
    for (int version = 1; version <= 2 * MANY; version++) {
      runs.log(window(version));
    }

    for (int version = 1; version <= 2 * MANY; version++) {
      assertThat(mlflow.sum("m " + version, "events")).as("version " + version).isEqualTo(3);
    }
    assertThat(mlflow.sum("icecube", "events")).isEqualTo(3 * 2 * MANY);
    assertThat(open()).hasSize(1 + OPEN_MAX).doesNotContain("m 1", "m " + MANY);
  }

  @Test
  void whatIsInUseStaysAndWhatMadeRoomGoesOnInItsRun() throws Exception {
    for (int version = 1; version < MANY; version++) {
      runs.log(window(version));
    }
    runs.log(window(1));
    runs.log(window(MANY));
    assertThat(open()).contains("m 1").doesNotContain("m 2");

    runs.log(window(2));
    assertThat(open()).contains("m 1", "m 2").doesNotContain("m 3");
    assertThat(mlflow.sum("m 2", "events")).isEqualTo(6);
    assertThat(mlflow.runs()).hasSize(1 + MANY);

    runs.finish();
    assertThat(open()).isEmpty();
  }

  @Test
  void runThatIsDeletedMakesRoomAndNoWindowIsLostForIt() throws Exception {
    for (int version = 1; version < MANY; version++) {
      runs.log(window(version));
    }
    mlflow.delete("m 1");

    runs.log(window(MANY));

    assertThat(mlflow.sum("m " + MANY, "events")).isEqualTo(3);
  }

  @Test
  void windowThatCouldNotMakeRoomIsToldOnceMlflowAnswers() throws Exception {
    for (int version = 1; version < MANY; version++) {
      runs.log(window(version));
    }
    mlflow.setDown(true);
    assertThatThrownBy(() -> runs.log(window(MANY))).isInstanceOf(IOException.class);
    mlflow.setDown(false);

    runs.log(window(MANY));

    assertThat(mlflow.sum("m " + MANY, "events")).isEqualTo(3);
    assertThat(requireNonNull(mlflow.find("m 1")).status).isEqualTo("FINISHED");
  }

  @Test
  void deletedRunKeepsNoOtherFromBeingFinished() throws Exception {
    runs.log(window(1));
    runs.log(window(2));
    mlflow.delete("m 1");

    runs.finish();

    assertThat(open()).containsExactly("m 1");
  }

  private List<String> open() {
    return mlflow.runs().stream()
        .filter(run -> run.status.equals("RUNNING"))
        .map(run -> run.name)
        .toList();
  }

  /** One of three events, all by this version of the model {@code m}. */
  private static WindowFigures window(int version) {
    TreeMap<ModelVersion, Map<String, Double>> models = new TreeMap<>();
    models.put(new ModelVersion("m", Integer.toString(version)), Map.of("events", 3.0));
    return new WindowFigures(
        1_000L + version, Map.of("events", 3.0), models, Places.beginning(2), List.of());
  }
}
