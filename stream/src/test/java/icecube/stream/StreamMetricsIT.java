// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamMetricsIT {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  @SuppressWarnings("try") // Redis ends in the middle
  void whatRedisUsesIsShownAndNothingOnceItIsGone(@TempDir Path folder) {
    try (var redis = EmbeddedRedis.start(folder);
        var log = RedisEventLog.connect(settings(redis.uri()));
        var metrics = new StreamMetrics(log, Meters.of(registry))) {
      metrics.read();
      assertThat(used()).isGreaterThan(100_000);

      redis.close();
      long startNanos = System.nanoTime();
      metrics.read();

      // Asked one after another, twelve partitions are a minute.
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isLessThan(RedisSettings.COMMAND_TIMEOUT.multipliedBy(3));
      assertThat(registry.find("icecube.stream.redis.memory.used.bytes").gauges()).isEmpty();
      assertThat(readings("failed")).isEqualTo(1);
    }
  }

  private static RedisSettings settings(String uri) {
    return new RedisSettings(uri, "icecube", OptionalInt.of(12));
  }

  private double used() {
    return registry
        .get("icecube.stream.redis.memory.used.bytes")
        .tag("partition", "0")
        .gauge()
        .value();
  }

  private double readings(String outcome) {
    return registry
        .get("icecube.stream.account.readings")
        .tag("outcome", outcome)
        .counter()
        .count();
  }
}
