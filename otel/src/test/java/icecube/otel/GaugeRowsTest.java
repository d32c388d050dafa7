// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GaugeRowsTest {
  private static final String NAME = "icecube_registry_expected";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final GaugeRows rows = Meters.of(registry).gaugeRows(NAME);

  @Test
  void showsTheValuesSetLastAndNoOthers() {
    rows.set(Map.of(kind("stays"), 1.0, kind("goes"), 2.0));

    rows.set(Map.of(kind("stays"), 3.0, kind("comes"), 4.0));

    assertThat(registry.scrape().lines().filter(line -> line.startsWith(NAME)))
        .containsExactlyInAnyOrder(NAME + "{kind=\"stays\"} 3.0", NAME + "{kind=\"comes\"} 4.0");
  }

  @Test
  void canBeScrapedWhileValuesChange() throws Exception {
    // A scrape has to last long enough for a change to fall into it.
    for (int other = 0; other < 200; other++) {
      registry.counter("other" + other);
    }
    CompletableFuture<Void> setting =
        CompletableFuture.runAsync(
            () -> {
              for (int round = 0; round < 30_000; round++) {
                rows.set(Map.of(kind("only"), (double) round));
              }
            });

    while (!setting.isDone()) {
      assertThat(registry.scrape()).isNotNull();
    }

    setting.get(1, TimeUnit.MINUTES);
    assertThat(registry.scrape()).contains(NAME + "{kind=\"only\"} 29999.0");
  }

  @Test
  void labelsThatAreNotOfTheDictionaryAreRefused() {
    assertThatThrownBy(() -> rows.set(Map.of(Tags.of("event_id", "24"), 1.0)))
        .hasMessageContaining("event_id");
  }

  private static Tags kind(String kind) {
    return Tags.of("kind", kind);
  }
}
