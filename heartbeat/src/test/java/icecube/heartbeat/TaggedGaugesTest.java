// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TaggedGaugesTest {
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final TaggedGauges gauges = new TaggedGauges(metrics, MultiGauge.builder("size"));

  @Test
  void showsTheValuesSetLastAndNoOthers() {
    gauges.set(Map.of(kind("stays"), 1.0, kind("goes"), 2.0));

    gauges.set(Map.of(kind("stays"), 3.0, kind("comes"), 4.0));

    assertThat(metrics.scrape().lines().filter(line -> line.startsWith("size")))
        .containsExactlyInAnyOrder("size{kind=\"stays\"} 3.0", "size{kind=\"comes\"} 4.0");
  }

  @Test
  void canBeScrapedWhileValuesChange() throws Exception {
    // A scrape has to last long enough for a change to fall into it.
    for (int other = 0; other < 200; other++) {
      metrics.counter("other" + other);
    }
    CompletableFuture<Void> setting =
        CompletableFuture.runAsync(
            () -> {
              for (int round = 0; round < 30_000; round++) {
                gauges.set(Map.of(kind("only"), (double) round));
              }
            });

    while (!setting.isDone()) {
      assertThat(metrics.scrape()).isNotNull();
    }

    setting.get(1, TimeUnit.MINUTES);
    assertThat(metrics.scrape()).contains("size{kind=\"only\"} 29999.0");
  }

  private static Tags kind(String kind) {
    return Tags.of("kind", kind);
  }
}
