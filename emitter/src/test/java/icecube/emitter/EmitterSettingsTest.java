// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.stream.PayloadEncoding;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EmitterSettingsTest {
  @Test
  void theDefaultsAreTheDocumentedOnes() {
    var settings = EmitterSettings.DEFAULT;
    assertThat(settings.entryEventsMax()).isEqualTo(32);
    assertThat(settings.entryPulsesMax()).isEqualTo(65_536);
    assertThat(settings.entriesPerAppend()).isEqualTo(8);
    assertThat(settings.backlogMax()).isEqualTo(64);
    assertThat(settings.outboxBytesMax()).isEqualTo(16 << 20);
    assertThat(settings.eventsPerSecond()).isZero();
    assertThat(settings.replaySpeed()).isZero();
    assertThat(settings.encoding()).isEqualTo(PayloadEncoding.PLAIN);
    assertThat(settings.staysUntilComplete()).isTrue();
    assertThat(settings.pollInterval()).isEqualTo(Duration.ofMillis(50));
    assertThat(settings.retryFirst()).isEqualTo(Duration.ofMillis(5));
    assertThat(settings.retryMax()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void eachWithChangesOnlyItsOwn() {
    var settings =
        EmitterSettings.DEFAULT
            .withEventsPerSecond(2_700)
            .withEntries(8, 100)
            .withBacklog(16, 4)
            .withOutboxBytesMax(1_000)
            .withEncoding(PayloadEncoding.ZSTD)
            .leavingAfterEmission();
    assertThat(settings)
        .isEqualTo(
            new EmitterSettings(
                8,
                100,
                4,
                1_000,
                16,
                2_700,
                0,
                PayloadEncoding.ZSTD,
                false,
                Duration.ofMillis(50),
                Duration.ofMillis(5),
                Duration.ofSeconds(1)));
  }

  @Test
  void valuesOutOfRangeAreRefusedWithTheirName() {
    var defaults = EmitterSettings.DEFAULT;
    refused(() -> defaults.withEntries(0, 1), "entry-events-max: 0 (expected: 1..4096)");
    refused(() -> defaults.withEntries(1, 0), "entry-pulses-max: 0 (expected: 1..1000000)");
    refused(
        () -> defaults.withEntries(1, 1_000_001),
        "entry-pulses-max: 1000001 (expected: 1..1000000)");
    refused(() -> defaults.withOutboxBytesMax(0), "outbox-bytes-max: 0 (expected: >= 1)");
    refused(() -> defaults.withReplaySpeed(-1), "replay: -1.0 (expected: 0..1e9, 0 for no replay)");
    refused(
        () -> defaults.withEventsPerSecond(10).withReplaySpeed(1),
        "replay: 1.0 (expected: 0 with events-per-second 10.0: one pace of the two)");
    refused(() -> defaults.withBacklog(8, 0), "entries-per-append: 0 (expected: 1..256)");
    refused(
        () -> defaults.withBacklog(3, 4), "backlog-max: 3 (expected: >= entries-per-append, 4)");
    refused(
        () -> defaults.withEventsPerSecond(-1),
        "events-per-second: -1.0 (expected: 0..1e9, 0 for no limit)");
    refused(
        () -> defaults.withEventsPerSecond(Double.NaN),
        "events-per-second: NaN (expected: 0..1e9, 0 for no limit)");
    refused(
        () -> waits(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1)),
        "poll-interval: PT0S (expected: > PT0S)");
    refused(
        () -> waits(Duration.ofMillis(1), Duration.ZERO, Duration.ofMillis(1)),
        "retry-first: PT0S (expected: > PT0S)");
    refused(
        () -> waits(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(1)),
        "retry-max: PT0.001S (expected: >= retry-first, PT0.002S)");
  }

  private static EmitterSettings waits(Duration poll, Duration first, Duration max) {
    return EmitterSettings.DEFAULT.with(
        change -> {
          change.pollInterval = poll;
          change.retryFirst = first;
          change.retryMax = max;
        });
  }

  private static void refused(Runnable made, String message) {
    assertThatThrownBy(made::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
