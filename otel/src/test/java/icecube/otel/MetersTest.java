// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetersTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Meters meters = Meters.of(registry);

  @Test
  void theNameInTheCodeIsTheNameInPrometheus() {
    meters.counter("icecube_consumer_events_predicted_total").increment(3);
    meters.gauge("icecube_consumer_window_bytes", new AtomicInteger(7), AtomicInteger::get);
    meters.timer("icecube_consumer_publish_seconds").record(Duration.ofMillis(3));
    meters.summary("icecube_modelserver_batch_items").record(5);

    assertThat(registry.scrape())
        .contains("# HELP icecube_consumer_events_predicted_total Events published")
        .contains("\nicecube_consumer_events_predicted_total 3.0\n")
        .contains("\nicecube_consumer_window_bytes 7.0\n")
        .contains("# TYPE icecube_consumer_publish_seconds histogram\n")
        .contains("icecube_consumer_publish_seconds_bucket{le=\"0.002\"} 0\n")
        .contains("icecube_consumer_publish_seconds_bucket{le=\"0.005\"} 1\n")
        .contains("icecube_modelserver_batch_items_bucket{le=\"8.0\"} 1\n");
  }

  @Test
  void everyMetricOfTheDictionaryIsShownUnderItsName() {
    for (MetricEntry entry : MetricDictionary.ofThisBuild().entries()) {
      String[] labels =
          entry.labels().stream().flatMap(MetersTest::keyAndValue).toArray(String[]::new);
      switch (entry.type()) {
        case COUNTER -> meters.counter(entry.name(), labels).increment();
        case GAUGE -> meters.gauge(entry.name(), this, each -> 1, labels);
        case HISTOGRAM -> {
          if (entry.isTime()) {
            meters.timer(entry.name(), labels).record(Duration.ofMillis(1));
          } else {
            meters.summary(entry.name(), labels).record(1);
          }
        }
        case SUMMARY -> {
          continue; // libraries make these themselves
        }
      }
      assertThat(registry.scrape())
          .contains("# TYPE %s %s\n".formatted(entry.name(), lower(entry.type())));
    }
  }

  private static Stream<String> keyAndValue(String label) {
    return Stream.of(label, "x");
  }

  private static String lower(MetricEntry.Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  @Test
  void askedForAgainItIsTheSameMeter() {
    meters.counter("icecube_consumer_entries_retried_total", "reason", "INTERNAL").increment();

    assertThat(
            meters.counter("icecube_consumer_entries_retried_total", "reason", "INTERNAL").count())
        .isEqualTo(1);
  }

  @Test
  void anotherTypeThanInTheDictionaryIsRefused() {
    assertThatThrownBy(() -> meters.counter("icecube_consumer_partitions"))
        .hasMessageContaining("icecube_consumer_partitions: COUNTER (expected: GAUGE");
    assertThatThrownBy(() -> meters.timer("icecube_modelserver_batch_items"))
        .hasMessageContaining("items (expected: of seconds");
    assertThatThrownBy(() -> meters.summary("icecube_consumer_publish_seconds"))
        .hasMessageContaining("of another unit");
  }

  @Test
  void otherLabelsThanInTheDictionaryAreRefused() {
    assertThatThrownBy(() -> meters.counter("icecube_consumer_entries_retried_total"))
        .hasMessageContaining("labels [] (expected: labels [reason])");
    assertThatThrownBy(
            () -> meters.counter("icecube_consumer_events_predicted_total", "event_id", "24"))
        .hasMessageContaining("labels [event_id] (expected: labels [])");
  }

  @Test
  void aFamilyIsThereBeforeItsFirstEvent() {
    CounterFamily retried =
        meters.counters("icecube_consumer_entries_retried_total", "reason", List.of("INTERNAL"));
    retried.of("UNFORESEEN").increment();

    assertThat(registry.scrape())
        .contains("icecube_consumer_entries_retried_total{reason=\"INTERNAL\"} 0.0\n")
        .contains("icecube_consumer_entries_retried_total{reason=\"UNFORESEEN\"} 1.0\n");
    assertThat(retried.of("INTERNAL")).isSameAs(retried.of("INTERNAL"));
  }

  @Test
  void whereNobodyReadsNothingIsKept() {
    Telemetry off = Telemetry.off();
    off.meters().counter("icecube_consumer_events_predicted_total").increment();

    assertThat(off.meters().counter("icecube_consumer_events_predicted_total").count()).isZero();
    assertThat(off.traces().isOn()).isFalse();
  }
}
