// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.TimeAndChance;
import icecube.otel.Telemetry;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.PayloadEncoding;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The emitter before a real Redis that is killed and comes back. */
@Timeout(120)
class RedisEmitterIT {
  private static final EmitterSettings SMALL =
      EmitterSettings.DEFAULT.withEntries(4, 1_000).withBacklog(6, 2);

  @TempDir Path folder;

  @Test
  void aRedisKilledTwiceLosesNoEventAndDoublesNone() throws Exception {
    var source = ListSource.of(400);
    try (var redis = EmbeddedRedis.start(folder);
        EventLog log =
            RedisEventLog.connect(new RedisSettings(redis.uri(), "emitter", OptionalInt.of(2)))) {
      var consumer = new DrainingConsumer(log);
      var pauses = new AtomicInteger();
      var time =
          new WaitingTime(
              () -> {
                int pause = pauses.incrementAndGet();
                if (pause == 3 || pause == 9) {
                  redis.kill();
                  redis.restart();
                } else {
                  consumer.drain(1_000);
                }
              });
      var summary = new Emitter(source, log, SMALL, Telemetry.off(), time).run();
      assertThat(pauses.get()).isGreaterThan(9);
      assertThat(summary.isComplete()).isTrue();
      EmitterTest.assertPublishedOnce(source, consumer);
    }
  }

  @Test
  void aRedisWithoutMemoryIsWaitedForWhileCompletionGoesOn() throws Exception {
    var source = ListSource.mixed(600, new Random(1));
    var packed = SMALL.withEncoding(PayloadEncoding.ZSTD);
    try (var redis = EmbeddedRedis.start(folder);
        EventLog log =
            RedisEventLog.connect(new RedisSettings(redis.uri(), "emitter", OptionalInt.of(2)))) {
      var consumer = new DrainingConsumer(log);
      var pauses = new AtomicInteger();
      var time =
          new WaitingTime(
              () -> {
                int pause = pauses.incrementAndGet();
                if (pause == 3) {
                  configure(redis.uri(), "1");
                } else if (pause == 12) {
                  assertThat(log.account(0).backlog()).isZero();
                  configure(redis.uri(), "0");
                }
                consumer.drain(1_000);
              });
      var meters = new SimpleMeterRegistry();
      var summary = new Emitter(source, log, packed, Telemetry.of(meters), time).run();
      assertThat(pauses.get()).isGreaterThan(12);
      assertThat(summary.isComplete()).isTrue();
      assertThat(summary.rejected()).isPositive();
      EmitterTest.assertPublishedOnce(source, consumer);
    }
  }

  /** By hand, since only the stream room speaks to Redis. */
  private static void configure(String uri, String maxMemory) {
    var address = URI.create(uri);
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("CONFIG SET maxmemory " + maxMemory + "\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(3)).isEqualTo(new byte[] {'+', 'O', 'K'});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Real time, and what the world does in each pause; its own failures are the world's. */
  private static final class WaitingTime implements TimeAndChance {
    private final TimeAndChance real = TimeAndChance.SYSTEM;
    private final Runnable meanwhile;

    WaitingTime(Runnable meanwhile) {
      this.meanwhile = meanwhile;
    }

    @Override
    public long nanoTime() {
      return real.nanoTime();
    }

    @Override
    public long unixMicros() {
      return real.unixMicros();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
      meanwhile.run();
      real.pause(duration);
    }

    @Override
    public double chance() {
      return real.chance();
    }

    @Override
    public String incarnation() {
      return real.incarnation();
    }
  }
}
