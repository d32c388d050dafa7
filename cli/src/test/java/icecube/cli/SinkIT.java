// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import icecube.chassis.TransportSecurity;
import icecube.heartbeat.Registry;
import icecube.heartbeat.RegistrySettings;
import icecube.otel.Telemetry;
import icecube.sinks.MlflowSink;
import icecube.stream.EmbeddedRedis;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.testkit.CannedMlflow;
import icecube.testkit.Eventually;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** How {@code icecube sink} ends, and what it says then. */
@Timeout(120)
final class SinkIT extends CommandFixture {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final InstanceState SERVING = InstanceState.INSTANCE_STATE_SERVING;

  private EmbeddedRedis redis;
  private CannedMlflow mlflow;

  @SuppressWarnings("NullAway.Init")
  SinkIT() {}

  @BeforeEach
  void start() throws Exception {
    redis = EmbeddedRedis.start(folder.resolve("redis"));
    mlflow = new CannedMlflow();
  }

  @AfterEach
  void stop() {
    mlflow.close();
    redis.close();
  }

  private void makeStream() {
    RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube")).close();
  }

  private int sink(String server, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("sink", "--redis", redis.uri(), "--mlflow", server));
    arguments.addAll(List.of(more));
    return execute(arguments.toArray(String[]::new));
  }

  @Test
  void aStreamThatIsNotThereIsAMatterOfSettings() {
    assertThat(sink(mlflow.uri().toString())).isEqualTo(2);
    assertThat(err.toString()).contains("icecube").contains("(expected: ");
  }

  @Test
  void settingsThatCannotBeAreRefusedByName() {
    makeStream();

    assertThat(sink("127.0.0.1:5000")).isEqualTo(2);
    assertThat(sink(mlflow.uri().toString(), "--window", "0.01")).isEqualTo(2);
    assertThat(sink(mlflow.uri().toString(), "--experiment", " ")).isEqualTo(2);
    assertThat(sink(mlflow.uri().toString(), "--truth", "nowhere.parquet")).isEqualTo(3);

    assertThat(err.toString())
        .contains("mlflow: 127.0.0.1:5000 (expected: http://HOST:PORT")
        .contains("window: PT0.01S (expected: PT0.1S..PT1H)")
        .contains("experiment:   (expected: 1..200 characters")
        .contains("nowhere.parquet");
  }

  @Test
  void whoMayNotAskMlflowIsToldAndTheSinkEnds() {
    makeStream();
    mlflow.refuseAll(403);
    var logger = (Logger) LoggerFactory.getLogger(MlflowSink.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      assertThat(sink(mlflow.uri().toString())).isEqualTo(2);
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.ERROR))
        .satisfies(
            line -> assertThat(line.getThrowableProxy().getMessage()).contains("status 403"));
  }

  @Test
  void mlflowAwayIsToldByItsPortAndItServesOn() throws Exception {
    makeStream();
    try (Registry registry =
            Registry.start(RegistrySettings.at("127.0.0.1", 0), Telemetry.off().meters());
        ServiceProcess sink =
            ServiceProcess.start(
                folder.resolve("log"),
                "sink",
                "--redis",
                redis.uri(),
                "--mlflow",
                mlflow.uri().toString(),
                "--window",
                "0.2",
                "--registry",
                registry.address())) {
      URI metrics = URI.create("http://" + sink.management() + "/metrics");
      URI ready = metrics.resolve("/health/ready");
      Eventually.see("ready", SOON, () -> get(ready).statusCode(), status -> status == 200);
      Eventually.see("serving", SOON, () -> states(registry), List.of(SERVING)::equals);

      mlflow.setDown(true);
      Eventually.see("not ready", SOON, () -> get(ready).statusCode(), status -> status == 503);
      double before = beats(metrics);
      Eventually.see("more beats", SOON, () -> beats(metrics), beats -> beats >= before + 2);

      assertThat(states(registry)).containsExactly(SERVING);
      assertThat(get(ready).statusCode()).isEqualTo(503);
    }
  }

  private static List<InstanceState> states(Registry registry) {
    return RegistryCheck.of(registry.address(), Map.of(), TransportSecurity.PLAINTEXT, SOON)
        .members()
        .stream()
        .map(Member::getState)
        .toList();
  }

  private static double beats(URI metrics) {
    return get(metrics)
        .body()
        .lines()
        .filter(line -> line.startsWith("icecube_chassis_beats_accepted_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static HttpResponse<String> get(URI uri) {
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .join();
  }

  @Test
  void terminatedItFinishesItsRunAndEndsWell() throws Exception {
    makeStream();
    try (ServiceProcess sink =
        ServiceProcess.start(
            folder.resolve("log"),
            Map.of(),
            "sink",
            "--redis",
            redis.uri(),
            "--mlflow",
            mlflow.uri().toString())) {
      sink.awaitAnnounced();
      Eventually.see("the run", SOON, () -> mlflow.find("icecube"), Objects::nonNull);
      sink.terminate();

      assertThat(sink.await(30)).isEqualTo(143);
    }
    assertThat(Objects.requireNonNull(mlflow.find("icecube")).status).isEqualTo("FINISHED");
  }
}
