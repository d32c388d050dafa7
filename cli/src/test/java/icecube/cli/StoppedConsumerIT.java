// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.ClaimSettings;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a consumer whose model server does not answer any more. */
@Timeout(300)
final class StoppedConsumerIT {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int DRAIN_SECONDS = 1;

  /** For a JVM to end on a busy machine. */
  private static final int LEAVING_SECONDS_MAX = 40;

  @TempDir private Path folder;

  @Test
  void itLeavesOnceItsDrainIsOverAndOthersTakeItsEntriesAtOnce() throws Exception {
    Path errors = folder.resolve("errors.log");
    var answer = new CountDownLatch(1);
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
        EventLog log =
            RedisEventLog.connect(new RedisSettings(redis.uri(), "icecube", OptionalInt.of(1)));
        FaultyModelServer silent = new FaultyModelServer(id -> isReleased(answer));
        ServiceProcess consumer =
            ServiceProcess.start(
                    errors,
                    "consume",
                    "--redis",
                    redis.uri(),
                    "--model-server",
                    silent.target(),
                    "--lease",
                    Long.toString(LEASE.toSeconds()),
                    "--drain",
                    Integer.toString(DRAIN_SECONDS))
                .awaitAnnounced();
        ServiceProcess emitter =
            ServiceProcess.start(errors, "emit", "--redis", redis.uri(), "--events", "64")) {
      try {
        awaitHeld(log);
        consumer.terminate();
        consumer.await(DRAIN_SECONDS + LEAVING_SECONDS_MAX);
        emitter.kill();
        var claim = log.claim(0, "next", new ClaimSettings(LEASE, 16, 4, 2), false);
        assertThat(claim.entries()).hasSize((int) log.account(0).pending()).isNotEmpty();
      } finally {
        answer.countDown();
      }
    }
  }

  private static boolean isReleased(CountDownLatch answer) {
    try {
      return answer.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void awaitHeld(EventLog log) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (log.account(0).pending() == 0) {
      assertThat(System.nanoTime()).as("deadline for an entry held").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
