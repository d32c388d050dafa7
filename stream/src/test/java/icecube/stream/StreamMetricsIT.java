// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamMetricsIT {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  @SuppressWarnings("try") // Redis ends in the middle
  void whatRedisUsesIsShownAndNothingOnceItIsGone(@TempDir Path folder) {
    try (var redis = EmbeddedRedis.start(folder);
        var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube"));
        var metrics = new StreamMetrics(log, Meters.of(registry))) {
      metrics.read();
      assertThat(used()).isGreaterThan(100_000);

      redis.close();
      metrics.read();

      assertThat(registry.find("icecube.stream.redis.memory.used.bytes").gauges()).isEmpty();
      assertThat(readings("failed")).isEqualTo(1);
    }
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
