// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.IceCube86;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedSourceTest {
  @Test
  void theEventsDoNotDependOnTheThreads() {
    assertThat(read(source(1, 40, 3))).isEqualTo(read(source(1, 40, 1)));
  }

  @Test
  void everyEventHasItsTruthAndTheNumberAfterTheLast() {
    var events = read(source(1, 10, 2));
    assertThat(events).hasSize(10).allSatisfy(event -> assertThat(event.truth()).isNotNull());
    assertThat(events.stream().map(event -> event.event().id()))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void everyEventTellsItsEnergyAndShape() {
    assertThat(read(source(1, 60, 2)))
        .allSatisfy(event -> assertThat(event.energyGev()).isPositive())
        .extracting(SourceEvent::isTrack)
        .contains(true, false)
        .doesNotContainNull();
  }

  @Test
  void theFingerprintTellsSeedAndCountButNotThreads() {
    assertThat(source(1, 10, 1).fingerprint()).isEqualTo(source(1, 10, 8).fingerprint());
    assertThat(source(1, 10, 1).fingerprint()).isNotEqualTo(source(2, 10, 1).fingerprint());
    assertThat(source(1, 10, 1).fingerprint()).isNotEqualTo(source(1, 11, 1).fingerprint());
  }

  @Test
  void countsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> source(1, -1, 1)).hasMessage("events: -1 (expected: >= 0)");
    assertThatThrownBy(() -> source(1, 1, 0)).hasMessage("threads: 0 (expected: 1..1024)");
  }

  @Test
  void aPlaceIsFoundAgainWithEventsAndTimes() {
    var source = source(1, 30, 2);
    List<SourceEvent> events = read(source);
    try (var cursor = source.open()) {
      for (int event = 0; event < 17; event++) {
        cursor.next();
      }
      List<SourceEvent> again = new ArrayList<>();
      try (var other = source.open(requireNonNull(cursor.position(), "position"))) {
        for (var next = other.next(); next != null; next = other.next()) {
          again.add(next);
        }
      }
      assertThat(again).isEqualTo(events.subList(17, 30));
    }
  }

  @Test
  void everyEventKnowsWhenItTriggered() {
    var source = source(1, 30, 2);
    assertThat(source.hasTriggerTimes()).isTrue();
    var times = read(source).stream().map(SourceEvent::triggerTimeNs).toList();
    assertThat(times).startsWith(0L).isSorted().doesNotHaveDuplicates().doesNotContainNull();
  }

  @Test
  void aPlaceOfAnotherSourceIsRefused() {
    assertThatThrownBy(() -> source(1, 1, 1).open(new SourcePosition() {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SimulatedSource source(long seed, long count, int threads) {
    return SimulatedSource.of(seed, count, IceCube86.geometry(), threads);
  }

  private static List<SourceEvent> read(EventSource source) {
    List<SourceEvent> events = new ArrayList<>();
    try (var cursor = source.open()) {
      for (var next = cursor.next(); next != null; next = cursor.next()) {
        events.add(next);
      }
    }
    return events;
  }
}
