// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import icecube.otel.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class ServiceSummaryTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = Meters.of(registry);
  private final AtomicLong now = new AtomicLong();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceSummary.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void saysWhatWasAddedSinceTheLineBefore() {
    ServiceSummary summary = new ServiceSummary("consumer", registry, now::get);
    meters.counter("icecube_consumer_events_predicted_total").increment(320);
    meters.counter("icecube_consumer_events_dead_lettered_total", "reason", "A").increment();
    meters.counter("icecube_consumer_events_dead_lettered_total", "reason", "B").increment(2);
    meters.timer("icecube_consumer_event_age_seconds").record(Duration.ofMillis(30));
    meters.timer("icecube_consumer_event_age_seconds").record(Duration.ofMillis(31));
    tellAfterAMinute(summary);
    meters.counter("icecube_consumer_events_predicted_total").increment(8);
    meters.timer("icecube_consumer_event_age_seconds").record(Duration.ofMillis(7));
    tellAfterAMinute(summary);
    tellAfterAMinute(summary);

    assertThat(line(0))
        .containsEntry("seconds", 60L)
        .containsEntry("events_predicted", 320L)
        .containsEntry("events_dead_lettered", 3L)
        .containsEntry("event_age_mean_ms", 30.5);
    assertThat(line(1))
        .containsEntry("events_predicted", 8L)
        .containsEntry("events_dead_lettered", 0L)
        .containsEntry("event_age_mean_ms", 7L);
    assertThat(line(2))
        .containsEntry("events_predicted", 0L)
        .containsEntry("event_age_mean_ms", 0L);
  }

  @Test
  void whatWasTakenAwayIsNotTakenOff() {
    String predicted = "icecube_modelserver_events_predicted_total";
    ServiceSummary summary = new ServiceSummary("model-server", registry, now::get);
    var first = meters.counter(predicted, "model", "echo", "model_version", "1");
    first.increment(100_000);
    tellAfterAMinute(summary);
    registry.remove(first);
    meters.counter(predicted, "model", "echo", "model_version", "2").increment(50);
    tellAfterAMinute(summary);
    meters.counter(predicted, "model", "echo", "model_version", "1").increment(7);
    tellAfterAMinute(summary);

    assertThat(line(0)).containsEntry("events_predicted", 100_000L);
    assertThat(line(1)).containsEntry("events_predicted", 50L);
    assertThat(line(2)).containsEntry("events_predicted", 7L);
  }

  @Test
  void saysWhatIsThereNow() {
    meters.gauge("icecube_modelserver_queue_events", 17, Integer::doubleValue);
    tellAfterAMinute(new ServiceSummary("model-server", registry, now::get));

    assertThat(line(0)).containsEntry("queue_events", 17L).containsEntry("requests_answered", 0L);
    assertThat(lines.list.get(0).getMessage()).isEqualTo("summary");
    assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.INFO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"emitter", "consumer", "model-server", "sink"})
  void everyFigureIsOfTheDictionary(String service) {
    tellAfterAMinute(new ServiceSummary(service, registry, now::get));

    assertThat(line(0)).hasSizeGreaterThan(1).containsEntry("seconds", 60L);
  }

  private void tellAfterAMinute(ServiceSummary summary) {
    now.addAndGet(ServiceSummary.INTERVAL.toNanos());
    summary.tell();
  }

  private Map<String, Object> line(int index) {
    Map<String, Object> line = new LinkedHashMap<>();
    lines.list.get(index).getKeyValuePairs().forEach(pair -> line.put(pair.key, pair.value));
    return line;
  }
}
