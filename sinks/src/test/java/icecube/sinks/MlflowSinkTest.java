// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Telemetry;
import icecube.physics.Direction;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.CannedMlflow;
import icecube.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sink between a log in memory and a server that answers as MLflow does. */
@Timeout(120)
class MlflowSinkTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final InMemoryEventLog log = new InMemoryEventLog(2);
  private final PublishedEvents events = new PublishedEvents(log);
  private CannedMlflow mlflow;

  @SuppressWarnings("NullAway.Init")
  MlflowSinkTest() {}

  @BeforeEach
  void start() throws Exception {
    mlflow = new CannedMlflow();
  }

  @AfterEach
  void stop() {
    mlflow.close();
  }

  @Test
  void everyEventIsToldOnceAndEveryVersionHasItsRun() throws Exception {
    events.publish(0, "direction", "1", 3, 1);
    try (MlflowSink sink = sink()) {
      await("direction 1", "events", 3);
      assertThat(sink.isReady()).isTrue();
      events.publish(1, "direction", "2", 2, 0);
      await("direction 2", "events", 2);
    }

    CannedMlflow.Run stream = requireNonNull(mlflow.find("icecube"));
    CannedMlflow.Run second = requireNonNull(mlflow.find("direction 2"));
    assertThat(mlflow.sum("icecube", "events")).isEqualTo(5);
    assertThat(mlflow.sum("icecube", "dead_letters")).isEqualTo(1);
    assertThat(mlflow.sum("icecube", "scored_events")).isEqualTo(5);
    assertThat(stream.status).isEqualTo("FINISHED");
    assertThat(second.status).isEqualTo("FINISHED");
    assertThat(second.tags).containsEntry("mlflow.parentRunId", stream.id);
    assertThat(second.params)
        .containsEntry("model", "direction")
        .containsEntry("model_version", "2")
        .containsEntry("stream", "icecube")
        .containsEntry("icecube_version", "icecube test");
    assertThat(second.steps.keySet()).allMatch(step -> step > 1);
    assertThat(
            meters.get("icecube.sinks.events.read").tag("outcome", "predicted").counter().count())
        .isEqualTo(5);
  }

  @Test
  void aSinkThatStartsAgainGoesOnWhereItEnded() throws Exception {
    events.publish(0, "direction", "1", 3, 0);
    try (MlflowSink sink = sink()) {
      assertThat(sink.isReady()).isIn(true, false);
      await("icecube", "events", 3);
    }
    events.publish(0, "direction", "1", 4, 0);
    try (MlflowSink sink = sink()) {
      assertThat(sink.isReady()).isIn(true, false);
      await("icecube", "events", 7);
    }

    assertThat(mlflow.runs()).hasSize(2);
    assertThat(mlflow.sum("direction 1", "events")).isEqualTo(7);
    CannedMlflow.Run stream = requireNonNull(mlflow.find("icecube"));
    assertThat(stream.steps.keySet()).doesNotHaveDuplicates().contains(1L, 2L);
  }

  @Test
  void readsOnWhileMlflowIsAwayAndTellsItLater() throws Exception {
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
      mlflow.setDown(true);
      events.publish(0, "direction", "1", 3, 0);
      Eventually.see("windows wait", SOON, this::waiting, count -> count >= 2);
      Eventually.see("not ready", SOON, sink::isReady, ready -> !ready);
      assertThat(sink.isReading()).isTrue();
      mlflow.setDown(false);
      await("icecube", "events", 3);
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    }

    assertThat(
            meters
                .get("icecube.sinks.failures")
                .tag("reason", "MLFLOW_UNAVAILABLE")
                .counter()
                .count())
        .isPositive();
  }

  @Test
  void aWindowWhoseStreamWasNotToldIsToldAgainOnce() throws Exception {
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
      mlflow.refuse("icecube");
      events.publish(0, "direction", "1", 3, 0);
      await("direction 1", "events", 3);
      Eventually.see("refused", SOON, this::failures, count -> count >= 2);
      assertThat(mlflow.sum("icecube", "events")).isZero();
      mlflow.refuse("");
      await("icecube", "events", 3);
    }

    assertThat(mlflow.sum("direction 1", "events")).isEqualTo(3);
  }

  @Test
  void aWindowThatIsRefusedForGoodIsDroppedAndTheNextGoesToANewRun() throws Exception {
    events.publish(0, "direction", "1", 3, 0);
    try (MlflowSink sink = sink()) {
      await("direction 1", "events", 3);
      mlflow.delete("direction 1");
      events.publish(0, "direction", "1", 4, 0);
      Eventually.see("refused", SOON, () -> dropped("MLFLOW_REFUSED"), count -> count >= 1);
      events.publish(0, "direction", "1", 5, 0);
      await("direction 1", "events", 5);
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    }

    assertThat(dropped("MLFLOW_REFUSED")).isEqualTo(1);
    assertThat(mlflow.sum("icecube", "events")).isEqualTo(8);
    assertThat(failures()).isZero();
  }

  @Test
  void endsWithinOneBoundIfMlflowHangs() throws Exception {
    Duration closeMax = Duration.ofSeconds(2);
    MlflowSink sink =
        MlflowSink.start(
            log,
            settings("icecube", Duration.ofMillis(200)),
            id -> null,
            Telemetry.of(meters),
            closeMax);
    Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    mlflow.setSlow(true);
    Eventually.see("windows wait", SOON, this::waiting, count -> count >= 2);
    long beganAt = System.nanoTime();

    sink.close();

    assertThat(Duration.ofNanos(System.nanoTime() - beganAt)).isLessThan(closeMax.plusSeconds(20));
    awaitNoThreads();
  }

  @Test
  void aRunOfAnotherNumberOfPartitionsEndsTheSinkAndSaysWhy() throws Exception {
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    }
    try (MlflowSink other =
        MlflowSink.start(
            new InMemoryEventLog(3),
            settings("icecube", Duration.ofMillis(200)),
            id -> null,
            Telemetry.off())) {
      assertThat(other.awaitFailure())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("partitions: 3 (expected: 2");
      assertThat(other.isReady()).isFalse();
    }
  }

  @Test
  void aRefusalAtTheStartEndsTheSinkAndSaysWhy() throws Exception {
    mlflow.refuseAll(401);
    try (MlflowSink sink = sink()) {
      assertThat(sink.awaitFailure())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("experiments/get-by-name: status 401");
      assertThat(sink.isReady()).isFalse();
    }
  }

  @Test
  void anExperimentThatAnotherSinkMadeInBetweenIsFound() throws Exception {
    mlflow.haveExperimentMadeByAnother();
    events.publish(0, "direction", "1", 3, 0);
    try (MlflowSink sink = sink()) {
      await("icecube", "events", 3);
      assertThat(sink.isReady()).isTrue();
    }
  }

  @Test
  void anAnswerThatNeverEndsIsWaitedForNoLongerThanTold() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread half = new Thread(() -> answerHalf(server), "half-an-answer");
      half.start();
      MlflowServer address = MlflowServer.of("http://127.0.0.1:" + server.getLocalPort(), Map.of());

      assertThatThrownBy(() -> new MlflowRuns(address, Duration.ofMillis(300)).experiment("x"))
          .hasMessageContaining("no answer, not all of it within PT0.3S");
      half.join();
    }
  }

  /** Answers with all headers and a part of the body, and waits until it is hung up on. */
  private static void answerHalf(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(US_ASCII));
      while (socket.getInputStream().read() >= 0) {
        // The request, which is of no interest.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void onlyWhatEveryTryMeetsAgainIsFinal() {
    assertThat(IntStream.of(400, 401, 404, 422)).allMatch(MlflowRefusedException::isFinal);
    assertThat(IntStream.of(200, 302, 408, 429, 500, 503))
        .noneMatch(MlflowRefusedException::isFinal);
  }

  @Test
  void startsWhileMlflowIsAwayAndLosesNothing() throws Exception {
    mlflow.setDown(true);
    events.publish(0, "direction", "1", 3, 0);
    try (MlflowSink sink = sink()) {
      Eventually.see("a failure", SOON, this::failures, count -> count >= 1);
      assertThat(sink.isReady()).isFalse();
      assertThat(sink.isReading()).isFalse();
      mlflow.setDown(false);
      await("icecube", "events", 3);
    }
  }

  @Test
  void endsInTimeEvenIfMlflowNeverCame() {
    mlflow.setDown(true);
    long beganAt = System.nanoTime();

    MlflowSink sink = sink();
    sink.close();
    sink.close();

    assertThat(Duration.ofNanos(System.nanoTime() - beganAt)).isLessThan(Duration.ofSeconds(20));
    awaitNoThreads();
  }

  @Test
  void theLastWindowIsToldAtTheEnd() throws Exception {
    MlflowSink sink = sink(Duration.ofMinutes(10));
    Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    events.publish(0, "direction", "1", 3, 0);
    Eventually.see("read", SOON, this::read, count -> count == 3);
    sink.close();

    assertThat(mlflow.sum("icecube", "events")).isEqualTo(3);
  }

  @Test
  void holdsNothingBackFromTrim() throws Exception {
    events.publish(0, "direction", "1", 3, 0);
    try (MlflowSink sink = sink()) {
      assertThat(sink.isReady()).isIn(true, false);
      await("icecube", "events", 3);
      assertThat(log.inspect(0).predictions().groups()).isEmpty();
    }
  }

  @Test
  void refusesSettingsThatCannotBe() {
    assertThatThrownBy(() -> settings("a'b", Duration.ofSeconds(1)))
        .hasMessageContaining("stream: a'b (expected: ");
    assertThatThrownBy(() -> settings("icecube", Duration.ofMillis(10)))
        .hasMessageContaining("window: PT0.01S (expected: PT0.1S..PT1H)");
    assertThatThrownBy(() -> MlflowServer.of("http://me:secret@host", Map.of()))
        .hasMessageContaining("not shown")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> MlflowServer.of("http://me:se cret@host", Map.of()))
        .hasMessageContaining("not shown")
        .hasMessageNotContaining("se cret");
    assertThatThrownBy(() -> MlflowServer.of("127.0.0.1:5000", Map.of()))
        .hasMessageContaining("mlflow: 127.0.0.1:5000 (expected: http://");
    assertThatThrownBy(() -> MlflowServer.of("host:5000", Map.of()))
        .hasMessageContaining("mlflow: host:5000 (expected: http://");
    assertThat(MlflowServer.of("http://h", Map.of("MLFLOW_TRACKING_TOKEN", "t0ken")).toString())
        .doesNotContain("t0ken");
  }

  private MlflowSink sink() {
    return sink(Duration.ofMillis(200));
  }

  private MlflowSink sink(Duration window) {
    return MlflowSink.start(
        log, settings("icecube", window), id -> Direction.ofAngles(0, 1), Telemetry.of(meters));
  }

  private SinkSettings settings(String stream, Duration window) {
    return new SinkSettings(
        MlflowServer.of(mlflow.uri().toString(), Map.of()),
        stream,
        SinkSettings.EXPERIMENT,
        window,
        "icecube test");
  }

  private static void awaitNoThreads() {
    Eventually.see(
        "threads of a sink",
        SOON,
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("sink-"))
                .toList(),
        List::isEmpty);
  }

  private double waiting() {
    return meters.get("icecube.sinks.windows.waiting").gauge().value();
  }

  private double dropped(String reason) {
    return meters.get("icecube.sinks.windows.dropped").tag("reason", reason).counter().count();
  }

  private double failures() {
    return meters
        .get("icecube.sinks.failures")
        .tag("reason", "MLFLOW_UNAVAILABLE")
        .counter()
        .count();
  }

  private double read() {
    return meters.get("icecube.sinks.events.read").tag("outcome", "predicted").counter().count();
  }

  private void await(String run, String metric, double sum) {
    Eventually.see(run + " " + metric, SOON, () -> mlflow.sum(run, metric), seen -> seen >= sum);
    assertThat(mlflow.sum(run, metric)).isEqualTo(sum);
  }
}
