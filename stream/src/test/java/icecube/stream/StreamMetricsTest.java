// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Meters;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StreamMetricsTest {
  private static final int PARTITIONS = 12;

  private final AtomicLong clockNanos = new AtomicLong();
  private final EventLog log = new InMemoryEventLog(2, clockNanos::get);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StreamMetrics metrics = new StreamMetrics(log, Meters.of(registry));
  private final Set<Integer> away = new HashSet<>();
  private final Set<Integer> refused = new HashSet<>();
  private final List<Integer> asked = new ArrayList<>();
  private final StreamMetrics watched =
      new StreamMetrics(PARTITIONS, this::look, Meters.of(registry));

  @Test
  void theSidesOfTheBalanceSheetAreShownByPartition() {
    append(1, 5);
    try (var reader = log.openReader(1, "reader")) {
      assertThat(reader.readNew(3, Duration.ZERO)).hasSize(3);
    }
    complete(1, completion("reader", 1, 1));
    complete(1, completion("reader", 2, new long[0], new long[] {2}));
    clockNanos.addAndGet(Duration.ofSeconds(7).toNanos());

    metrics.read();

    assertThat(value("icecube.stream.emitted.events", 1)).isEqualTo(5);
    assertThat(value("icecube.stream.predicted.events", 1)).isEqualTo(1);
    assertThat(value("icecube.stream.dead.lettered.events", 1)).isEqualTo(1);
    assertThat(value("icecube.stream.in.flight.events", 1)).isEqualTo(3);
    assertThat(value("icecube.stream.backlog.entries", 1)).isEqualTo(3);
    assertThat(value("icecube.stream.pending.entries", 1)).isEqualTo(1);
    assertThat(value("icecube.stream.oldest.entry.age.seconds", 1)).isEqualTo(7);
    assertThat(value("icecube.stream.imbalance.events", 1)).isZero();
    assertThat(value("icecube.stream.emitted.events", 0)).isZero();
    assertThat(value("icecube.stream.oldest.entry.age.seconds", 0)).isZero();
  }

  @Test
  void anotherEventInPlaceOfTheOneEmittedIsAnImbalance() {
    append(0, 1);
    try (var reader = log.openReader(0, "reader")) {
      assertThat(reader.readNew(1, Duration.ZERO)).hasSize(1);
    }
    complete(0, completion("reader", 1, 77));

    metrics.read();

    assertThat(value("icecube.stream.imbalance.events", 0)).isEqualTo(1);
  }

  @Test
  void readingsAreCounted() {
    metrics.read();
    metrics.read();

    assertThat(readings("read")).isEqualTo(2);
    assertThat(readings("failed")).isZero();
  }

  @Test
  void aReadingEndsWithTheFirstPartitionThatDoesNotAnswer() {
    away.addAll(IntStream.range(0, PARTITIONS).boxed().toList());

    watched.read();
    assertThat(asked).hasSize(1);
    watched.read();

    assertThat(asked).hasSize(2);
    assertThat(readings("failed")).isEqualTo(2);
    assertThat(readings("read")).isZero();
  }

  @Test
  void nothingIsShownOfAPartitionOnceItDoesNotAnswer() {
    watched.read();
    assertThat(shown()).hasSize(PARTITIONS);
    away.addAll(IntStream.range(0, PARTITIONS).boxed().toList());

    watched.read();
    assertThat(shown()).isEmpty();
    away.clear();
    watched.read();

    assertThat(shown()).hasSize(PARTITIONS);
    assertThat(readings("read")).isEqualTo(2);
  }

  @Test
  void partitionsThatDoNotAnswerHideNoOthers() {
    away.addAll(List.of(3, 7));

    for (int reading = 0; reading < 3; reading++) {
      watched.read();
    }

    assertThat(shown()).hasSize(PARTITIONS - 2).doesNotContain("3", "7");
    assertThat(readings("failed")).isEqualTo(3);
  }

  @Test
  void aPartitionThatIsRefusedEndsNoReading() {
    refused.addAll(List.of(0, 5));

    watched.read();

    assertThat(asked).hasSize(PARTITIONS);
    assertThat(shown()).hasSize(PARTITIONS - 2).doesNotContain("0", "5");
    assertThat(readings("failed")).isEqualTo(1);
  }

  @Test
  void itReadsByItselfOnceStarted() {
    append(0, 4);

    try (var started = StreamMetrics.start(log, Meters.of(registry))) {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (readings("read") == 0 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(started).isNotNull();
    }

    assertThat(value("icecube.stream.emitted.events", 0)).isEqualTo(4);
  }

  private void append(int partition, int count) {
    long epoch = log.openProducer(partition, "source").epoch();
    assertThat(log.append(partition, epoch, 1, entries(1, count), 100).status())
        .isEqualTo(AppendResult.Status.OK);
  }

  private void complete(int partition, Completion completion) {
    assertThat(log.complete(partition, completion).toCompletableFuture().join())
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }

  /** A partition of a log whose Redis is away, or refuses, for some of its partitions. */
  private StreamMetrics.Seen look(int partition) {
    asked.add(partition);
    if (away.contains(partition)) {
      throw new EventLogException("no reply within 5 s", new RedisException("no connection"));
    }
    if (refused.contains(partition)) {
      throw new EventLogException("refused", new RedisCommandExecutionException("NOPERM"));
    }
    return StreamMetrics.Seen.of(log, 0);
  }

  private List<String> shown() {
    return registry.find("icecube.stream.emitted.events").gauges().stream()
        .map(gauge -> gauge.getId().getTag("partition"))
        .toList();
  }

  private double readings(String outcome) {
    return registry
        .get("icecube.stream.account.readings")
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  private double value(String name, int partition) {
    return registry.get(name).tag("partition", Integer.toString(partition)).gauge().value();
  }
}
