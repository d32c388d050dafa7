// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Meters;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that change while the server answers. */
final class LiveRepositoryTest {
  @TempDir private Path models;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeEach
  void writeOneModel() throws IOException {
    Graphs.writeEcho(models, "echo", "1", "first");
  }

  @AfterEach
  void nothingIsLeftBehind() {
    Waiting.until("the loader ends", () -> Waiting.threads("model-loader").isEmpty());
  }

  @Test
  void aChangedModelTakesThePlaceOfTheOldWhichAnswersTheRequestsItHas() throws Exception {
    try (var repository = open("line-fit")) {
      var old = repository.acquire("echo", "");
      Graphs.writeEcho(models, "echo", "1", "second");

      load(repository, "echo");

      assertThat(repository.find("echo", "").card().description()).isEqualTo("second");
      assertThat(old.isClosed()).isFalse();
      Rehearsal.of(old.inference());
      old.release();
      assertThat(old.isClosed()).isTrue();
      assertThat(old.retain()).isFalse();
    }
  }

  @Test
  void aModelWhoseFilesDidNotChangeIsKept() throws Exception {
    try (var repository = open("line-fit")) {
      var model = repository.find("echo", "");

      assertThat(load(repository, "echo"))
          .containsExactly(new ModelIndexEntry("echo", "1", true, ""));

      assertThat(repository.find("echo", "")).isSameAs(model);
      assertThat(count("icecube.modelserver.loads", "outcome", "loaded")).isEqualTo(1);
    }
  }

  @Test
  void aBrokenModelNeverReplacesAWorkingOne() throws Exception {
    try (var repository = open("echo")) {
      var graph = models.resolve("echo/1/model.onnx");
      byte[] sound = Files.readAllBytes(graph);
      Files.write(graph, "garbage".getBytes(StandardCharsets.UTF_8));

      assertFails(
          repository.load("echo"),
          Reason.REASON_MODEL_NOT_READY,
          "model: echo/1 could not be loaded: sha256 of model.onnx: ");

      assertThat(repository.acquire("", "").card().description()).isEqualTo("first");
      assertThat(repository.isReady("echo")).isTrue();
      assertThat(repository.index())
          .filteredOn(entry -> entry.name().equals("echo"))
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.isReady()).isTrue();
                assertThat(entry.reason()).startsWith("sha256 of model.onnx: ");
              });
      assertThat(count("icecube.modelserver.loads", "outcome", "failed")).isEqualTo(1);

      Files.write(graph, sound);
      assertThat(load(repository, "echo")).allMatch(entry -> entry.reason().isEmpty());
    }
  }

  @Test
  void versionsComeAndGoWithTheirFolders() throws Exception {
    try (var repository = open("line-fit")) {
      Graphs.writeEcho(models, "echo", "2", "second");
      load(repository, "echo");
      assertThat(repository.find("echo", "").card().version()).isEqualTo("2");
      var second = repository.find("echo", "2");

      delete(models.resolve("echo/2"));
      load(repository, "echo");

      assertThat(repository.find("echo", "").card().version()).isEqualTo("1");
      assertThat(second.isClosed()).isTrue();
      assertThat(readyCount()).isEqualTo(3);
    }
  }

  @Test
  void aPollFindsWhatCameChangedBrokeAndWent() throws Exception {
    var told = new ConcurrentHashMap<String, Boolean>();
    try (var repository = open("line-fit")) {
      repository.watch(told::put);
      assertThat(told).isEqualTo(Map.of("line-fit", true, "pandel", true, "echo", true));
      repository.pollEvery(Duration.ofMillis(5));

      Graphs.writeEcho(models, "other", "7", "new");
      Waiting.until("it came", () -> told.containsKey("other") && repository.isReady("other"));
      Graphs.writeEcho(models, "other", "7", "newer");
      Waiting.until(
          "it changed", () -> repository.find("other", "").card().description().equals("newer"));
      Files.write(models.resolve("other/7/model.onnx"), new byte[7]);
      Waiting.until("it broke", () -> trouble(repository, "other").startsWith("sha256"));
      assertThat(repository.isReady("other")).isTrue();
      delete(models.resolve("other"));
      Waiting.until("it went", () -> told.getOrDefault("other", true).equals(false));

      assertThat(repository.names()).containsExactly("echo", "line-fit", "pandel");
    }
  }

  @Test
  void aPollThatCannotReadTheFolderLeavesWhatIsLoaded() throws Exception {
    try (var repository = open("echo")) {
      delete(models);
      repository.pollEvery(Duration.ofMillis(5));

      Waiting.until("it looked", () -> count("icecube.modelserver.source.reads.failed") >= 2);
      assertThat(repository.isReady("echo")).isTrue();
      assertFails(repository.load("echo"), Reason.REASON_MODEL_NOT_READY, "models: ");
      Files.createDirectories(models);
    }
  }

  @Test
  void theDefaultModelStaysWhenItsFolderGoes() throws Exception {
    try (var repository = open("echo")) {
      delete(models.resolve("echo"));
      repository.pollEvery(Duration.ofMillis(5));
      Graphs.writeEcho(models, "other", "1", "new");

      Waiting.until("it looked", () -> repository.names().contains("other"));

      assertThat(repository.isReady("echo")).isTrue();
    }
  }

  @Test
  void anUnloadedModelClosesAndComesBackOnlyWhenAsked() throws Exception {
    var told = new ConcurrentHashMap<String, Boolean>();
    try (var repository = open("line-fit")) {
      repository.watch(told::put);
      var model = repository.find("echo", "");

      assertThat(repository.unload("echo").get(20, TimeUnit.SECONDS))
          .containsExactly(new ModelIndexEntry("echo", "", false, "unloaded"));

      assertThat(model.isClosed()).isTrue();
      assertThat(told).containsEntry("echo", false);
      assertThatThrownBy(() -> repository.acquire("echo", ""))
          .isInstanceOfSatisfying(
              ReasonException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.REASON_MODEL_NOT_READY))
          .hasMessage("model: echo was unloaded (expected: loaded); load it again");
      repository.pollEvery(Duration.ofMillis(5));
      Graphs.writeEcho(models, "other", "1", "new");
      Waiting.until("it looked", () -> repository.names().contains("other"));
      assertThat(repository.isReady("echo")).isFalse();

      load(repository, "echo");
      assertThat(repository.isReady("echo")).isTrue();
      assertThat(told).containsEntry("echo", true);
    }
  }

  @Test
  void theBuiltInModelMayBeUnloadedAndLoadedToo() throws Exception {
    try (var repository = open("echo")) {
      repository.unload("line-fit").get(20, TimeUnit.SECONDS);
      assertThat(repository.isReady("line-fit")).isFalse();

      load(repository, "line-fit");
      assertThat(repository.isReady("line-fit")).isTrue();
    }
  }

  @Test
  void unknownModelsCanNeitherBeLoadedNorUnloaded() {
    try (var repository = open("line-fit")) {
      assertFails(
          repository.load("nobody"),
          Reason.REASON_MODEL_UNKNOWN,
          "model_name: nobody (expected: one of [echo])");
      assertFails(
          repository.unload("nobody"),
          Reason.REASON_MODEL_UNKNOWN,
          "model_name: nobody (expected: one of [echo, line-fit, pandel])");
    }
  }

  @Test
  void moreLoadsThanMayWaitAreRefusedAndAClosedRepositoryTellsThoseThatWait() throws Exception {
    var loader = new LoaderThread();
    var running = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var first =
        loader.run(
            () -> {
              running.countDown();
              return release.await(20, TimeUnit.SECONDS);
            });
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    var waiting = new ArrayList<CompletableFuture<String>>();
    for (int task = 0; task < LoaderThread.TASKS_WAITING_MAX; task++) {
      waiting.add(loader.run(() -> "ran"));
    }

    assertFails(loader.run(() -> "ran"), Reason.REASON_QUEUE_FULL, "loads: 64 wait");
    loader.close();

    assertThat(first).isDone();
    for (var each : waiting) {
      assertFails(each, Reason.REASON_DRAINING, "models: closing");
    }
    assertFails(loader.run(() -> "ran"), Reason.REASON_DRAINING, "models: closing");
  }

  @Test
  void whatIsLoadedWhileTheRepositoryClosesIsClosedToo() {
    var live = new LiveCatalog(ModelCatalog.of(List.of()));
    live.close();
    var gate = new GateModel(true);
    var late =
        new NamedModel(
            "gate", List.of(new NamedModel.Version(gate.served("gate"), "", "")), ModelLabels.NONE);

    live.publish(live.now().with(late));

    assertThat(gate.closed).isTrue();
    assertThat(live.now().names()).isEmpty();
  }

  @Test
  void aReferenceGivenBackTwiceIsAProgrammersError() {
    var model = new GateModel(true).served("gate");
    model.close();
    model.close();

    assertThatThrownBy(model::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("references: -1 of gate/1 (expected: each given back once)");
  }

  private ModelRepository open(String defaultName) {
    return ModelRepository.open(
        List.of(new ModelFolder(models)),
        defaultName,
        new ModelLoader(1, Device.CPU),
        new ModelRepositoryMetrics(Meters.of(meters)));
  }

  private static List<ModelIndexEntry> load(ModelRepository repository, String name)
      throws Exception {
    return repository.load(name).get(20, TimeUnit.SECONDS);
  }

  private static String trouble(ModelRepository repository, String name) {
    return repository.index().stream()
        .filter(entry -> entry.name().equals(name))
        .map(ModelIndexEntry::reason)
        .findFirst()
        .orElse("");
  }

  private static void assertFails(CompletableFuture<?> outcome, Reason reason, String message) {
    assertThatThrownBy(() -> outcome.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ReasonException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith(message);
  }

  private double count(String name, String... tags) {
    var counter = meters.find(name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  private double readyCount() {
    return meters.get("icecube.modelserver.models.ready").gauge().value();
  }

  private static void delete(Path folder) throws IOException {
    try (var entries = Files.walk(folder)) {
      for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
