// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.stream.ClaimSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumerSettingsTest {
  private static final ConsumerSettings DEFAULTS = ConsumerSettings.of(List.of("a:1"), "m");

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    assertThat(DEFAULTS.name()).isEqualTo("consumer");
    assertThat(DEFAULTS.modelVersion()).isEmpty();
    assertThat(DEFAULTS.degradedAllowed()).isFalse();
    assertThat(DEFAULTS.windowEntries()).isEqualTo(32);
    assertThat(DEFAULTS.windowBytes()).isEqualTo(33_554_432);
    assertThat(DEFAULTS.streamsPerServer()).isEqualTo(1);
    assertThat(DEFAULTS.splitTries()).isEqualTo(3);
    assertThat(DEFAULTS.parkedEntries()).isEqualTo(1_024);
    assertThat(DEFAULTS.parkedRetryMax()).isEqualTo(Duration.ofSeconds(30));
    assertThat(DEFAULTS.rowCountMax()).isEqualTo(768);
    assertThat(DEFAULTS.workerCount()).isBetween(1, 4);
    assertThat(DEFAULTS.requestTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULTS.claim()).isEqualTo(ClaimSettings.DEFAULT);
    assertThat(DEFAULTS.readWait()).isEqualTo(Duration.ofMillis(500));
    assertThat(DEFAULTS.drain()).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULTS.retryFirst()).isEqualTo(Duration.ofMillis(10));
    assertThat(DEFAULTS.retryMax()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void eachWithChangesOnlyItsOwn() {
    var claim = new ClaimSettings(Duration.ofSeconds(1), 2, 3, 4);
    var settings =
        DEFAULTS
            .withName("n")
            .withModelVersion("2")
            .withWindow(4)
            .withClaim(claim)
            .withWaits(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))
            .with(change -> change.degradedAllowed = true);
    assertThat(settings)
        .isEqualTo(
            new ConsumerSettings(
                "n",
                List.of("a:1"),
                "m",
                "2",
                true,
                1,
                4,
                33_554_432,
                768,
                DEFAULTS.workerCount(),
                Duration.ofSeconds(1),
                3,
                1_024,
                Duration.ofSeconds(30),
                claim,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofMillis(10),
                Duration.ofSeconds(1)));
  }

  @Test
  void valuesOutOfRangeAreRefusedWithTheirName() {
    refused(() -> DEFAULTS.withName(" "), "name: \"\" (expected: a name)");
    refused(
        () -> ConsumerSettings.of(List.of(), ""),
        "model-server: [] (expected: at least one host:port)");
    refused(
        () -> ConsumerSettings.of(List.of(""), ""),
        "model-server: [] (expected: at least one host:port)");
    refused(() -> DEFAULTS.withWindow(0), "window-entries: 0 (expected: 1..65536)");
    refused(
        () -> DEFAULTS.with(change -> change.windowBytes = 0), "window-bytes: 0 (expected: >= 1)");
    refused(
        () -> DEFAULTS.with(change -> change.streamsPerServer = 65),
        "streams-per-server: 65 (expected: 1..64)");
    refused(
        () -> DEFAULTS.with(change -> change.splitTries = 0), "split-tries: 0 (expected: 1..1000)");
    refused(
        () -> DEFAULTS.with(change -> change.parkedEntries = -1),
        "parked-entries: -1 (expected: 0..65536)");
    refused(
        () -> DEFAULTS.with(change -> change.parkedRetryMax = Duration.ofMillis(9)),
        "parked-retry-max: PT0.009S (expected: >= retry-first, PT0.01S)");
    var second = Duration.ofSeconds(1);
    refused(
        () -> DEFAULTS.withWaits(Duration.ZERO, second, second),
        "request-timeout: PT0S (expected: > PT0S)");
    refused(
        () -> DEFAULTS.withWaits(second, Duration.ZERO, second),
        "read-wait: PT0S (expected: > PT0S)");
    refused(
        () -> DEFAULTS.withWaits(second, second, second.negated()),
        "drain: PT-1S (expected: >= PT0S)");
  }

  private static void refused(Runnable made, String message) {
    assertThatThrownBy(made::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
