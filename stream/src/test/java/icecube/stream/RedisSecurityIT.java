// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import icecube.otel.Meters;
import icecube.physics.IceCube86;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS, certificates and the users of {@code deploy/redis/users.acl}, on a real Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisSecurityIT {
  private static final String SOURCE = "source-a";

  private SecuredRedis redis;

  @BeforeAll
  void start(@TempDir Path folder) {
    var binary = RedisBinary.onPath();
    assumeTrue(binary.isPresent(), "SKIPPED: no redis-server of version 7.0 or later on the PATH");
    assumeTrue(hasOpenssl(), "SKIPPED: no openssl on the PATH");
    redis = SecuredRedis.start(binary.orElseThrow().path(), folder);
    RedisEventLog.prepare(redis.settings("deploy", "any"));
  }

  private static boolean hasOpenssl() {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @AfterAll
  void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  @Test
  void whoMayNotLoadTheFunctionsIsToldUnlessTheyAreThere(@TempDir Path folder) {
    RedisEventLog.prepare(redis.settings("emitter", "any"));
    var binary = RedisBinary.onPath().orElseThrow().path();
    try (var bare = SecuredRedis.start(binary, folder)) {
      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(() -> RedisEventLog.prepare(bare.settings("emitter", "any")))
          .withMessageContaining("FUNCTION LOAD: NOPERM");
    }
  }

  @Test
  void eachDoesItsPartAsItsOwnUser() {
    try (var emitter = RedisEventLog.connect(redis.settings("emitter", "mesh"));
        var consumer = RedisEventLog.connect(redis.settings("consumer", "mesh"))) {
      emitter.putGeometry(IceCube86.geometry());
      assertThat(consumer.geometry(IceCube86.geometry().hash())).isPresent();
      assertThat(consumer.meet("c", Duration.ofSeconds(5))).containsExactly("c");
      for (int partition = 0; partition < emitter.partitionCount(); partition++) {
        var mark = emitter.openProducer(partition, SOURCE);
        emitter.append(partition, mark.epoch(), 1, entries(1 + 10 * partition, 4), 100);
        emitter.finishProducer(partition, mark.epoch(), 4);
        work(consumer, partition);
        assertThat(emitter.account(partition).backlog()).isZero();
      }
      consumer.depart("c");
    }
    try (var operator = RedisEventLog.connectExisting(redis.settings("operator", "mesh"))) {
      var letter = operator.deadLetters(0, "", 1).get(0);
      assertThat(operator.redrive(0, letter.id(), List.of(entry(4)), OutcomePart.NONE)).isTrue();
      assertThat(operator.trim(0, 10)).isZero();
      assertThat(operator.inspect(0).toString()).contains("consumers");
    }
    try (var consumer = RedisEventLog.connect(redis.settings("consumer", "mesh"));
        var reader = consumer.openReader(0, "c")) {
      var again = reader.readNew(9, Duration.ZERO).get(0);
      assertThat(complete(consumer, 0, completion("c", again.id(), 4)))
          .isEqualTo(CompletionOutcome.PUBLISHED);
    }
    try (var reconcile = RedisEventLog.connectExisting(redis.settings("reconcile", "mesh"))) {
      assertThat(Reconciliation.of(reconcile).isComplete()).isTrue();
      assertThat(reconcile.inspect(0).toString()).contains("consumers");
      // Doctor and the sink of figures read with these rights, too.
      assertThat(reconcile.predictions(0, "", 10)).isNotEmpty();
      assertThat(reconcile.deadLetters(1, "", 10)).isNotEmpty();
      assertThat(reconcile.account(0).predicted()).isPositive();
    }
    assertThat(RedisServerView.look(redis.settings("reconcile", "mesh"))).hasSize(1);
  }

  /** All who run {@link StreamMetrics} with the shipped users. */
  @ParameterizedTest
  @ValueSource(strings = {"emitter", "consumer", "reconcile"})
  void theAccountIsShownByEachThatHasTheLog(String user) {
    String stream = "shown-by-" + user;
    var registry = new SimpleMeterRegistry();
    try (var emitter = RedisEventLog.connect(redis.settings("emitter", stream));
        var log = RedisEventLog.connectExisting(redis.settings(user, stream));
        var metrics = new StreamMetrics(log, Meters.of(registry))) {
      for (int partition = 0; partition < emitter.partitionCount(); partition++) {
        long epoch = emitter.openProducer(partition, SOURCE).epoch();
        emitter.append(partition, epoch, 1, entries(1, 4), 100);
      }

      metrics.read();

      var readings = registry.get("icecube.stream.account.readings");
      assertThat(readings.tag("outcome", "read").counter().count()).isEqualTo(1);
      assertThat(value(registry, "icecube.stream.emitted.events")).isEqualTo(4);
      assertThat(value(registry, "icecube.stream.oldest.entry.age.seconds")).isBetween(0.0, 60.0);
      assertThat(value(registry, "icecube.stream.redis.memory.used.bytes")).isGreaterThan(100_000);
      assertThat(value(registry, "icecube.stream.redis.memory.max.bytes")).isZero();
    }
  }

  private static double value(SimpleMeterRegistry registry, String name) {
    return registry.get(name).tag("partition", "1").gauge().value();
  }

  /** Every operation of a consumer; the last of the four entries dies. */
  private static void work(EventLog log, int partition) {
    try (var reader = log.openReader(partition, "c")) {
      var held = reader.readNew(9, Duration.ZERO);
      assertThat(held).hasSize(4);
      var ids = held.stream().map(DeliveredEntry::id).toList();
      assertThat(log.renew(partition, "c", ids)).hasSize(4);
      assertThat(log.release(partition, "c", ids.subList(0, 1))).hasSize(1);
      assertThat(log.claim(partition, "c", ClaimSettings.DEFAULT, false).entries()).hasSize(1);
      for (int at = 0; at < 4; at++) {
        long event = 1 + 10L * partition + at;
        var id = ids.get(at);
        var done =
            at == 3
                ? completion("c", id, new long[0], new long[] {event})
                : completion("c", id, event);
        assertThat(complete(log, partition, done)).isEqualTo(CompletionOutcome.PUBLISHED);
      }
    }
    log.leave(partition, "c");
  }

  private static CompletionOutcome complete(EventLog log, int partition, Completion completion) {
    return log.complete(partition, completion).toCompletableFuture().join();
  }

  @Test
  void strangersAreTurnedAwayWithWords() {
    assertRefused(redis.settings("emitter", "wrong", "mesh", true), "refused the password");
    assertRefused(redis.settings("emitter", "emitter", "mesh", false), "redis at rediss://");
    assertRefused(
        RedisSettings.of("redis://127.0.0.1:" + redis.port(), "mesh"),
        "whether it wants rediss://");
    assertRefused(RedisSettings.of("rediss://127.0.0.1:" + redis.port(), "mesh"), "redis-ca");
  }

  @Test
  void filesThatAreMissingAreNamed(@TempDir Path folder) {
    var none = Optional.of(folder.resolve("none"));
    var nothing = Optional.<Path>empty();
    assertRefused(
        settings(new RedisSecurity(Optional.of("emitter"), none, nothing, nothing, nothing)),
        "redis-password-file: " + none.get());
    assertRefused(
        settings(new RedisSecurity(Optional.empty(), nothing, none, nothing, nothing)),
        "redis-ca: " + none.get());
    assertRefused(
        settings(new RedisSecurity(Optional.empty(), nothing, nothing, none, none)),
        "redis-cert: " + none.get());
    assertRefused(
        new RedisSettings(
            "redis://127.0.0.1:" + redis.port(),
            "s",
            OptionalInt.empty(),
            new RedisSecurity(Optional.empty(), nothing, none, nothing, nothing)),
        "expected: rediss://, because certificates are given");
  }

  private RedisSettings settings(RedisSecurity security) {
    return new RedisSettings(
        "rediss://127.0.0.1:" + redis.port(), "s", OptionalInt.empty(), security);
  }

  private static void assertRefused(RedisSettings settings, String part) {
    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> RedisEventLog.connect(settings).close())
        .withMessageContaining(part);
  }

  /** What each user may and may not do, asked of Redis itself. */
  @ParameterizedTest
  @CsvSource({
    "emitter,   yes, FCALL f 2 ic:{s.0}:events ic:{s.0}:meta",
    "emitter,   yes, XADD ic:{s.0}:events 1-0 d x",
    "emitter,   yes, XADD ic:{s.0}:dead * d x",
    "emitter,   yes, HSET ic:{s}:geometries a b",
    "emitter,   no,  XADD ic:{s.0}:predictions * d x",
    "emitter,   no,  XREADGROUP GROUP consumers c STREAMS ic:{s.0}:events >",
    "emitter,   no,  XRANGE ic:{s.0}:events - +",
    "emitter,   no,  XINFO CONSUMERS ic:{s.0}:events consumers",
    "emitter,   no,  XDEL ic:{s.0}:events 1-0",
    "emitter,   no,  DEL ic:{s.0}:events",
    "emitter,   no,  FUNCTION LOAD x",
    "emitter,   no,  EVAL x 0",
    "emitter,   no,  GET other",
    "emitter,   no,  FLUSHALL",
    "consumer,  yes, XREADGROUP GROUP consumers c STREAMS ic:{s.0}:events >",
    "consumer,  yes, XADD ic:{s.0}:predictions * d x",
    "consumer,  yes, XDEL ic:{s.0}:events 1-0",
    "consumer,  yes, ZADD ic:{s}:consumers 1 c",
    "consumer,  no,  HSET ic:{s}:geometries a b",
    "consumer,  no,  XINFO GROUPS ic:{s.0}:predictions",
    "consumer,  no,  XTRIM ic:{s.0}:events MAXLEN 0",
    "consumer,  no,  XGROUP DESTROY ic:{s.0}:events consumers",
    "consumer,  no,  FUNCTION DELETE icecube",
    "consumer,  no,  CONFIG GET maxmemory",
    "consumer,  no,  KEYS *",
    "sink,      yes, XREADGROUP GROUP files c STREAMS ic:{s.0}:predictions >",
    "sink,      no,  XREADGROUP GROUP files c STREAMS ic:{s.0}:events >",
    "sink,      no,  XADD ic:{s.0}:predictions * d x",
    "sink,      no,  XDEL ic:{s.0}:predictions 1-0",
    "reconcile, yes, FCALL_RO f 1 ic:{s.0}:events",
    "reconcile, yes, XRANGE ic:{s.0}:predictions - +",
    "reconcile, no,  FCALL f 1 ic:{s.0}:events",
    "reconcile, no,  XADD ic:{s.0}:events 1-0 d x",
    "reconcile, no,  XACK ic:{s.0}:events consumers 1-0",
    "operator,  yes, XDEL ic:{s.0}:dead 1-0",
    "operator,  yes, XADD ic:{s.0}:events 1-1 d x",
    "operator,  no,  FUNCTION LOAD x",
    "operator,  no,  SHUTDOWN",
    "deploy,    yes, FUNCTION LOAD x",
    "deploy,    no,  GET ic:{s}:partitions",
    "deploy,    no,  ACL SETUSER emitter on",
  })
  void usersMayDoWhatTheyNeedAndNoMore(String user, String may, String command) {
    assertThat(redis.mayRun(user, command)).as(user + ": " + command).isEqualTo(may.equals("yes"));
  }
}
