// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RepeatLimitTest {
  private static final Duration INTERVAL = Duration.ofSeconds(60);
  private static final int MAX = RepeatLimit.LINES_MAX;

  private final AtomicLong now = new AtomicLong(-5_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LogLines log = new LogLines();
  private final RepeatLimit limit = new RepeatLimit(log.loggers, log, INTERVAL, now::get);
  private final Logger logger = log.loggerTo(limit);

  @AfterEach
  void stop() {
    limit.stop();
  }

  @Test
  void whatIsSaidSeldomPasses() {
    say(MAX, "INTERNAL");

    assertThat(log.lines()).hasSize(MAX).noneMatch(line -> line.contains("held_back"));
  }

  @Test
  void repeatsAreHeldBackAndToldOnceWithTheirCount() {
    say(MAX + 7, "INTERNAL");
    assertThat(log.lines()).hasSize(MAX);

    now.addAndGet(INTERVAL.toNanos());
    limit.endIntervals();
    limit.endIntervals();

    assertThat(log.lines()).hasSize(MAX + 1);
    assertThat(log.lines().get(MAX))
        .contains("\"message\":\"entry 11 is tried again\"")
        .contains("\"reason\":\"INTERNAL\"")
        .contains("\"level\":\"WARN\"")
        .contains("\"held_back\":7");
  }

  @Test
  void whatWasHeldBackIsNotToldAsPartOfTheTraceThatEndsItsInterval() {
    say(MAX + 1, "INTERNAL");
    now.addAndGet(INTERVAL.toNanos());
    var other =
        SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    Context.root().with(Span.wrap(other)).wrap(() -> logger.info("another trace")).run();

    assertThat(log.lines().get(MAX)).contains("\"held_back\":1").doesNotContain("trace_id");
    assertThat(log.lines().get(MAX + 1)).contains(other.getTraceId());
  }

  @Test
  void aNewIntervalBeginsAnew() {
    say(MAX + 1, "INTERNAL");
    now.addAndGet(INTERVAL.toNanos());
    say(MAX + 1, "INTERNAL");

    assertThat(log.lines()).hasSize(2 * MAX + 1);
    assertThat(log.lines().get(MAX)).contains("\"held_back\":1");
  }

  @Test
  void anotherReasonIsAnotherFact() {
    say(MAX + 1, "INTERNAL");
    say(MAX + 1, "UNAVAILABLE");
    for (int i = 0; i <= MAX; i++) {
      logger.warn("another message");
    }
    logger.error("entry {} is tried again", 1);

    assertThat(log.lines()).hasSize(3 * MAX + 1);
  }

  @Test
  void theFirstErrorsAreNeverHeldBack() {
    say(1_000, "INTERNAL");
    for (int i = 0; i < MAX; i++) {
      logger.atError().setCause(new IllegalStateException("no idea")).log("a step failed");
    }

    assertThat(log.lines()).filteredOn(line -> line.contains("no idea")).hasSize(MAX);
  }

  @Test
  void everyLineIsToldOrCounted() {
    say(MAX + 3, "INTERNAL");
    limit.bind(Meters.of(registry));
    assertThat(suppressed("warn")).isEqualTo(3);
    say(4, "INTERNAL");

    assertThat(suppressed("warn")).isEqualTo(7);
    assertThat(suppressed("error")).isZero();
    limit.stop();
    assertThat(log.lines().get(MAX)).contains("\"held_back\":7");
  }

  @Test
  void remembersAtMostSoManyFactsAndTellsTheOldestEarly() {
    say(MAX + 2, "first");
    for (int i = 1; i < RepeatLimit.FACT_COUNT_MAX; i++) {
      say(1, "reason-" + i);
    }
    assertThat(log.lines()).noneMatch(line -> line.contains("held_back"));

    say(1, "one too many");

    assertThat(log.lines())
        .filteredOn(line -> line.contains("held_back"))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("\"first\"").contains("\"held_back\":2"));
  }

  @Test
  void argumentsAreKeptAsTheyWere() {
    StringBuilder changing = new StringBuilder("before");
    for (int i = 0; i <= MAX; i++) {
      logger.warn("state: {}", changing);
    }
    changing.setLength(0);
    limit.stop();

    assertThat(log.lines().get(MAX)).contains("state: before");
  }

  @Test
  void tellsAllAtTheEndAndLeavesNoThread() throws InterruptedException {
    say(MAX + 1, "INTERNAL");

    limit.stop();
    limit.stop();

    assertThat(log.lines()).hasSize(MAX + 1);
    for (Thread thread : threads()) {
      thread.join(Duration.ofSeconds(10).toMillis());
    }
    assertThat(threads()).isEmpty();
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("log-repeats"))
        .toList();
  }

  private void say(int times, String reason) {
    for (int i = 0; i < times; i++) {
      logger.atWarn().addKeyValue("reason", reason).log("entry {} is tried again", i);
    }
  }

  private double suppressed(String level) {
    return registry.get("icecube.otel.log.lines.suppressed").tag("level", level).counter().count();
  }
}
