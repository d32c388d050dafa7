// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.stream.ClaimSettings;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Consumers before a real Redis. */
@Timeout(120)
class RedisConsumerIT {
  private static final int EVENTS = 2_000;

  @TempDir Path folder;

  @Test
  void redisAndModelServerKilledMidWayLoseNothing() {
    var meters = new SimpleMeterRegistry();
    try (var redis = EmbeddedRedis.start(folder);
        EventLog log = connect(redis);
        var server = new FakeModelServer()) {
      redis.writeThrough(); // nobody would send again what it lost
      var stream = new TestStream(log);
      stream.appendAll(EVENTS, 8);
      var answered = new AtomicInteger();
      server.with(
          (request, responses) -> {
            // Half the entries only, so that there is a middle to kill something in.
            if (answered.incrementAndGet() <= 125) {
              FakeModelServer.predict(request, responses);
            }
          });
      try (var one = Consumer.start(log, settings(server), Telemetry.of(meters));
          var two = Consumer.start(log, settings(server), Telemetry.of(meters))) {
        Await.until("half way", () -> answered.get() > 125);
        redis.kill();
        server.kill();
        redis.restart();
        server.with(FakeModelServer::predict).restart();
        Await.until("redis is back", () -> isThere(log));
        stream.awaitBalance();
        Await.until("let go", () -> one.eventsInFlight() + two.eventsInFlight() == 0);
      }
      assertThat(stream.predictedIds()).isEqualTo(ids(EVENTS));
      assertThat(stream.deadLetters()).isEmpty();
    }
  }

  @Test
  void theEntriesOfADeadConsumerAreTakenOver() {
    try (var redis = EmbeddedRedis.start(folder);
        EventLog log = connect(redis);
        var server = new FakeModelServer()) {
      var stream = new TestStream(log);
      stream.appendAll(80, 4);
      try (var dead = log.openReader(0, "dead")) {
        assertThat(dead.readNew(5, Duration.ofSeconds(1))).hasSize(5);
      }
      try (var consumer = Consumer.start(log, settings(server), Telemetry.off())) {
        stream.awaitBalance();
        assertThat(consumer.name()).startsWith("consumer-");
      }
      assertThat(stream.predictedIds()).isEqualTo(ids(80));
    }
  }

  private static boolean isThere(EventLog log) {
    try {
      log.check();
      return true;
    } catch (icecube.stream.EventLogException e) {
      return false;
    }
  }

  private static EventLog connect(EmbeddedRedis redis) {
    return RedisEventLog.connect(new RedisSettings(redis.uri(), "consumer", OptionalInt.of(2)));
  }

  private static ConsumerSettings settings(FakeModelServer server) {
    return ConsumerSettings.of(List.of(server.target()), "")
        .withClaim(new ClaimSettings(Duration.ofMillis(500), 16, 20, 2))
        .withWaits(Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofSeconds(2));
  }
}
