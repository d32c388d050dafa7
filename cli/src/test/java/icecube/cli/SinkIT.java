// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import icecube.sinks.MlflowSink;
import icecube.stream.EmbeddedRedis;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.testkit.CannedMlflow;
import icecube.testkit.Eventually;
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
      Eventually.see(
          "the run", Duration.ofSeconds(30), () -> mlflow.find("icecube"), Objects::nonNull);
      sink.terminate();

      assertThat(sink.await(30)).isEqualTo(143);
    }
    assertThat(Objects.requireNonNull(mlflow.find("icecube")).status).isEqualTo("FINISHED");
  }
}
