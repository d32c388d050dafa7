// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.IceCube86;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SimulatedEventsTest {
  private static final Simulator SIMULATOR =
      new Simulator(SimulationSettings.of(5), IceCube86.geometry());

  private static List<SimulatedEvent> all(long first, long count, int threads) {
    var made = new ArrayList<SimulatedEvent>();
    try (var events = SimulatedEvents.open(SIMULATOR, first, count, threads)) {
      for (var event = events.next(); event != null; event = events.next()) {
        made.add(event);
      }
    }
    return made;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void theNumberOfThreadsChangesNothing(int threads) {
    var made = all(100, 300, threads);

    assertThat(made).hasSize(300);
    for (int index = 0; index < made.size(); index++) {
      assertThat(made.get(index)).isEqualTo(SIMULATOR.event(100 + index));
    }
  }

  @Test
  void anEmptyRangeEndsAtOnce() {
    assertThat(all(3, 0, 2)).isEmpty();
  }

  @Test
  void theEndStaysTheEnd() {
    try (var events = SimulatedEvents.open(SIMULATOR, 0, 1, 2)) {
      assertThat(events.next()).isNotNull();
      assertThat(events.next()).isNull();
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void eventsAreMadeOnlySoFarAhead() {
    try (var events = SimulatedEvents.open(SIMULATOR, 0, Long.MAX_VALUE, 2)) {
      for (int read = 0; read < 200; read++) {
        assertThat(events.chunksAhead()).isLessThanOrEqualTo(8);
        assertThat(Objects.requireNonNull(events.next()).event().id()).isEqualTo(read + 1);
      }
    }
  }

  @Test
  void nextAfterCloseIsRefused() {
    var events = SimulatedEvents.open(SIMULATOR, 0, 1_000, 2);
    events.close();
    events.close();

    assertThatThrownBy(events::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("events: closed (expected: open)");
  }

  @Test
  void closeFreesAReaderThatWaits() throws InterruptedException {
    // One sensor hardly triggers: every event takes all its attempts, so the reader does wait.
    var slow =
        new Simulator(
            SimulationSettings.of(1).withAttemptMax(1_000_000), DetectorFixtures.row(0, 0));
    var events = SimulatedEvents.open(slow, 0, 1_000, 1);
    var caught = new ArrayList<Throwable>();
    var reader =
        new Thread(
            () -> {
              try {
                events.next();
              } catch (CancellationException e) {
                caught.add(e);
              }
            },
            "reader");
    reader.start();
    while (reader.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    events.close();
    reader.join();

    assertThat(caught).hasSize(1);
  }

  @Test
  void anInterruptedReaderStaysInterrupted() {
    try (var events = SimulatedEvents.open(SIMULATOR, 0, 10_000, 1)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(
              () -> {
                for (int read = 0; read < 10_000; read++) {
                  events.next();
                }
              })
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void badRangesAndThreadsAreRefused() {
    assertThatThrownBy(() -> SimulatedEvents.open(SIMULATOR, -1, 1, 1))
        .hasMessage("firstIndex: -1 (expected: >= 0)");
    assertThatThrownBy(() -> SimulatedEvents.open(SIMULATOR, 1, Long.MAX_VALUE, 1))
        .hasMessage("count: 9223372036854775807 (expected: 0..9223372036854775806)");
    assertThatThrownBy(() -> SimulatedEvents.open(SIMULATOR, 0, 1, 0))
        .hasMessage("threads: 0 (expected: 1..1024)");
  }
}
