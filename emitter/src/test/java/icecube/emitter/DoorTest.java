// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.v1.Reason;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DoorTest {
  private static final float[] WRONG_TIMES_NS = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1, (1 << 24) + 2, Float.MAX_VALUE
  };
  private static final float[] WRONG_CHARGES_PE = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -1, -Float.MAX_VALUE
  };

  private final Door door = new Door(IceCube86.geometry());

  @Test
  void aSoundEventPasses() {
    assertThat(door.refusal(0, ListSource.event(1, 3))).isEmpty();
    assertThat(door.refused()).isEmpty();
  }

  @Test
  void everyDefectIsRefusedWithItsReason() {
    refused(0, ListSource.event(1, 0), Reason.REASON_EVENT_EMPTY);
    refused(1, ListSource.event(2, EventDefect.PULSE_COUNT_MAX + 1), Reason.REASON_EVENT_TOO_LARGE);
    refused(2, ListSource.unsound(3), Reason.REASON_SENSOR_UNKNOWN);
    refused(3, event(4, Float.NaN, 1), Reason.REASON_TIME_OUT_OF_RANGE);
    refused(4, event(5, 3, 1, 2, 1), Reason.REASON_TIME_UNSORTED);
    refused(5, event(6, 3, 0), Reason.REASON_CHARGE_OUT_OF_RANGE);
    refused(6, ListSource.event(6, 1), Reason.REASON_EVENT_ID_DUPLICATE);
    assertThat(door.refused()).hasSize(7).containsValue(1L);
  }

  @Test
  void tenThousandWrongEventsAreRefusedWithTheirReason() {
    long seed = Long.getLong("icecube.seed", 0xd00f);
    var random = new SplittableRandom(seed);
    for (int id = 0; id < 10_000; id++) {
      int count = 2 + random.nextInt(20);
      float[] pulses = new float[2 * count];
      for (int pulse = 0; pulse < count; pulse++) {
        pulses[2 * pulse] = 100 * pulse + 100 * random.nextFloat();
        pulses[2 * pulse + 1] = 0.1f + random.nextFloat();
      }
      boolean isTime = random.nextBoolean();
      pulses[2 * random.nextInt(count) + (isTime ? 0 : 1)] =
          isTime
              ? WRONG_TIMES_NS[random.nextInt(WRONG_TIMES_NS.length)]
              : WRONG_CHARGES_PE[random.nextInt(WRONG_CHARGES_PE.length)];

      assertThat(door.refusal(id, event(id, pulses)).map(Refusal::reason))
          .as("event %d, -Dicecube.seed=%d", id, seed)
          .contains(isTime ? Reason.REASON_TIME_OUT_OF_RANGE : Reason.REASON_CHARGE_OUT_OF_RANGE);
    }
    assertThat(door.refused().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(10_000);
  }

  @Test
  void anEventReadAgainIsNotItsOwnDuplicateAndIsCountedOnce() {
    for (int reading = 0; reading < 3; reading++) {
      assertThat(door.refusal(0, ListSource.event(7, 1))).isEmpty();
      refused(1, ListSource.event(7, 2), Reason.REASON_EVENT_ID_DUPLICATE);
      refused(2, ListSource.unsound(8), Reason.REASON_SENSOR_UNKNOWN);
    }
    assertThat(door.refused())
        .isEqualTo(Map.of(Reason.REASON_EVENT_ID_DUPLICATE, 1L, Reason.REASON_SENSOR_UNKNOWN, 1L));
  }

  @Test
  void whatComesAfterThePartReadAgainIsLookedAtAsEver() {
    assertThat(door.refusal(0, ListSource.event(7, 1))).isEmpty();
    assertThat(door.refusal(0, ListSource.event(7, 1))).isEmpty();
    refused(1, ListSource.event(7, 1), Reason.REASON_EVENT_ID_DUPLICATE);
  }

  @Test
  void noEventIsPassedOver() {
    assertThatThrownBy(() -> door.refusal(1, ListSource.event(1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number: 1 (expected: 0..0");
  }

  private void refused(long number, Event event, Reason reason) {
    assertThat(door.refusal(number, event).map(Refusal::reason)).contains(reason);
  }

  /** Pairs of time and charge. */
  private static Event event(long id, float... timesAndCharges) {
    int count = timesAndCharges.length / 2;
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    for (int pulse = 0; pulse < count; pulse++) {
      timeNs[pulse] = timesAndCharges[2 * pulse];
      chargePe[pulse] = timesAndCharges[2 * pulse + 1];
    }
    return new Event(id, PulseSeries.of(new int[count], timeNs, chargePe, new boolean[count]));
  }
}
