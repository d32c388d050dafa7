// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActivityTest {
  private final List<Duration> pauses = new ArrayList<>();
  private final TimeAndChance time = new PausesOnly();

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void stepsAreTakenToTheLastWithThePausesTheyAskFor() throws Exception {
    var steps = stepsOf(Duration.ofMillis(3), Duration.ZERO, Duration.ofMillis(5));
    Activity activity = () -> Optional.ofNullable(steps.poll());
    activity.run(time);
    assertThat(steps).isEmpty();
    assertThat(pauses).containsExactly(Duration.ofMillis(3), Duration.ofMillis(5));
  }

  @Test
  void anInterruptEndsEvenAnActivityThatNeverPauses() {
    Activity endless =
        () -> {
          Thread.currentThread().interrupt();
          return Optional.of(Duration.ZERO);
        };
    assertThatThrownBy(() -> endless.run(time)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void theTimeOfThisMachinePassesAndItsChanceVaries() throws Exception {
    var system = TimeAndChance.SYSTEM;
    long before = system.nanoTime();
    system.pause(Duration.ofMillis(1));
    assertThat(system.nanoTime() - before).isGreaterThanOrEqualTo(1_000_000);
    assertThat(system.unixMicros()).isGreaterThan(1_700_000_000_000_000L);
    assertThat(system.chance()).isBetween(0.0, 1.0);
    assertThat(system.incarnation()).matches("[0-9a-f]{8}").isNotEqualTo(system.incarnation());
  }

  private static Deque<Duration> stepsOf(Duration... waits) {
    return new ArrayDeque<>(List.of(waits));
  }

  private final class PausesOnly implements TimeAndChance {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long unixMicros() {
      return 0;
    }

    @Override
    public void pause(Duration duration) {
      pauses.add(duration);
    }

    @Override
    public double chance() {
      return 0;
    }

    @Override
    public String incarnation() {
      return "00000000";
    }
  }
}
