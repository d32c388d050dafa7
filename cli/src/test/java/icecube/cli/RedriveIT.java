// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.chassis.ServerSettings;
import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.SimulatedSource;
import icecube.modelserver.ModelServer;
import icecube.modelserver.ModelServerSettings;
import icecube.otel.Telemetry;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.PayloadEncoding;
import icecube.stream.Reconciliation;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.v1.Reason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Events that died of a cause that is mended afterwards, on a real Redis: all are predicted in the
 * end, and the balance holds.
 */
@Timeout(120)
final class RedriveIT {
  private static final int EVENTS = 600;
  private static final long POLL_MILLIS = 20;
  private static final int KILLED_AMONG = 3_000;

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private EmbeddedRedis redis;
  private EventLog log;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.start(folder.resolve("redis"));
    log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube"));
  }

  @AfterEach
  void close() {
    log.close();
    redis.close();
  }

  private int execute(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine(Map.of("ICECUBE_REDIS", redis.uri()));
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return commandLine.execute(arguments);
  }

  private Consumer consumer(String target) {
    return Consumer.start(log, ConsumerSettings.of(List.of(target), ""), Telemetry.off());
  }

  private static ModelServer soundServer() {
    return ModelServer.start(
        ModelServerSettings.at(ServerSettings.onLoopback(0), Letters.GEOMETRY), Telemetry.off());
  }

  private static String target(ModelServer server) {
    return "127.0.0.1:" + server.port();
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(what + "\n" + Reconciliation.of(log).toTable())
          .isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private long deadLettered() {
    return log.account(0).deadLettered() + log.account(1).deadLettered();
  }

  private void assertAllPredicted(long events) {
    Reconciliation balance = Reconciliation.of(log);
    assertThat(balance.isComplete()).as(balance.toTable()).isTrue();
    assertThat(balance.predicted()).as(balance.toTable()).isEqualTo(events);
    assertThat(balance.deadLettered()).isZero();
  }

  @Test
  void eventsThatABrokenModelRefusedArePredictedOnceItIsMended() throws Exception {
    var source = SimulatedSource.of(1, EVENTS, Letters.GEOMETRY, 2);
    try (var broken = new FaultyModelServer(id -> id % 3 == 0);
        var consumer = consumer(broken.target())) {
      assertThat(consumer.eventsInFlight()).isZero();
      var summary = new Emitter(source, log, EmitterSettings.DEFAULT, Telemetry.off()).run();
      assertThat(summary.isComplete()).isTrue();
    }
    long refused = deadLettered();
    assertThat(refused).isBetween(150L, 250L);

    assertThat(execute("redrive", "--dry-run", "--json")).as(out.toString()).isZero();
    JsonNode dry = new ObjectMapper().readTree(out.toString());
    assertThat(dry.get("roundAgain").asLong()).isEqualTo(refused);
    assertThat(deadLettered()).isEqualTo(refused);

    try (var server = soundServer();
        var consumer = consumer(target(server))) {
      assertThat(execute("redrive", "--reason", "prediction_invalid")).as(out.toString()).isZero();
      assertThat(out.toString()).contains("PREDICTION_INVALID").contains("round again");
      await("all predicted", () -> log.account(0).isComplete() && log.account(1).isComplete());
      assertThat(consumer.isReady()).isTrue();
    }
    assertAllPredicted(EVENTS);
    assertThat(execute("reconcile", "--events", "600", "--json")).as(out.toString()).isZero();
  }

  @Test
  void entriesThatAnOlderConsumerCouldNotReadArePredictedByANewerOne() throws Exception {
    for (int partition = 0; partition < 2; partition++) {
      for (var encoding : PayloadEncoding.values()) {
        long id = 10L * partition + encoding.name().length();
        EventEntry entry = Letters.entry(encoding, id, id + 100);
        Letters.bury(log, partition, entry, Letters.unreadable(entry));
      }
    }
    assertThat(deadLettered()).isEqualTo(8);

    try (var server = soundServer();
        var consumer = consumer(target(server))) {
      assertThat(execute("redrive")).as(out.toString()).isZero();
      await("all predicted", () -> log.account(0).isComplete() && log.account(1).isComplete());
      assertThat(consumer.isReady()).isTrue();
    }
    assertAllPredicted(8);
  }

  @Test
  void aCopyOfAnEventStaysAndTheBalanceHolds() throws Exception {
    Letters.bury(
        log,
        0,
        Letters.entry(PayloadEncoding.PLAIN, 1, 2),
        List.of(
            Letters.letter(Reason.REASON_EVENT_ID_DUPLICATE, 1),
            Letters.letter(Reason.REASON_CRASH_LOOP, 2)));
    try (var server = soundServer();
        var consumer = consumer(target(server))) {
      assertThat(execute("redrive")).as(out.toString()).isZero();
      assertThat(out.toString()).contains("copies of an event");
      await("event 2 predicted", () -> log.account(0).isComplete());
      assertThat(consumer.isReady()).isTrue();
    }
    assertThat(log.account(0).predicted()).isEqualTo(1);
    assertThat(deadLettered()).isEqualTo(1);
  }

  @Test
  void aRedriveKilledInTheMiddleIsFinishedByTheNext() throws Exception {
    int letters = 0;
    long left = 0;
    // Again if we stood still until all had gone round.
    while (left == 0 && letters < 5 * KILLED_AMONG) {
      bury(letters + 1, letters + KILLED_AMONG);
      letters += KILLED_AMONG;
      try (var redrive =
          ServiceProcess.start(folder.resolve("log"), "redrive", "--redis", redis.uri())) {
        await("some gone round", () -> deadLettered() < KILLED_AMONG);
        redrive.kill();
      }
      left = deadLettered();
    }
    assertThat(left).as("killed in the middle").isBetween(1L, KILLED_AMONG - 1L);
    assertThat(Reconciliation.of(log).isBalanced()).isTrue();

    try (var server = soundServer();
        var consumer = consumer(target(server))) {
      assertThat(execute("redrive", "--json")).as(out.toString()).isZero();
      assertThat(new ObjectMapper().readTree(out.toString()).get("roundAgain").asLong())
          .isEqualTo(left);
      await("all predicted", () -> log.account(0).isComplete() && log.account(1).isComplete());
      assertThat(consumer.isReady()).isTrue();
    }
    assertAllPredicted(letters);
  }

  private void bury(int firstId, int lastId) {
    for (int id = firstId; id <= lastId; id++) {
      Letters.bury(
          log,
          id % 2,
          Letters.entry(PayloadEncoding.PLAIN, id),
          List.of(Letters.letter(Reason.REASON_CRASH_LOOP, id)));
    }
  }
}
