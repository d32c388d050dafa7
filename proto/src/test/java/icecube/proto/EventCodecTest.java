// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EventCodecTest {
  private static final Event EVENT =
      new Event(
          7,
          PulseSeries.of(
              new int[] {3, 9},
              new float[] {0.5f, 12},
              new float[] {1.25f, 0.1f},
              new boolean[] {false, true}));

  @Test
  void eventsComeBackBitForBitAndInOrder() {
    var events = Samples.events(new SplittableRandom(1), 50);

    var batch = EventCodec.encode(events, Samples.geometry());

    assertThat(EventCodec.decode(batch)).isEqualTo(events);
  }

  @Test
  void columnsHoldThePulsesOfOneEventAfterTheOther() {
    var batch = EventCodec.encode(List.of(EVENT, EVENT), Samples.geometry());

    assertThat(batch.getEventIdList()).containsExactly(7L, 7L);
    assertThat(batch.getPulseCountList()).containsExactly(2, 2);
    assertThat(batch.getSensorIdList()).containsExactly(3, 9, 3, 9);
    assertThat(batch.getTimeNsList()).containsExactly(0.5f, 12f, 0.5f, 12f);
    assertThat(batch.getChargePeList()).containsExactly(1.25f, 0.1f, 1.25f, 0.1f);
    assertThat(batch.getAuxiliaryList()).containsExactly(false, true, false, true);
  }

  @Test
  void theDetectorTravelsAsNameAndHash() {
    var geometry = Samples.geometry();

    var detector = EventCodec.encode(List.of(EVENT), geometry).getDetector();

    assertThat(detector.getGeometryId()).isEqualTo("ten-sensors");
    assertThat(detector.getGeometryHash()).isEqualTo(geometry.hash());
  }

  @Test
  void anEventWithoutPulsesIsCarried() {
    var empty = new Event(1, PulseSeries.EMPTY);

    var decoded = EventCodec.decode(EventCodec.encode(List.of(empty, EVENT), Samples.geometry()));

    assertThat(decoded).containsExactly(empty, EVENT);
  }

  @Test
  void everyColumnOfAnotherLengthIsRefused() {
    assertMismatch(batch().addEventId(8));
    assertMismatch(batch().addPulseCount(0));
    assertMismatch(batch().addSensorId(1));
    assertMismatch(batch().addTimeNs(1));
    assertMismatch(batch().addChargePe(1));
    assertMismatch(batch().addAuxiliary(true));
    assertMismatch(batch().clearTimeNs());
  }

  @Test
  void pulseCountsThatWrapAroundDoNotPassForASmallSum() {
    // 2^32 - 1 + 3 is 2 in 32 bits, which is the number of pulses there are.
    assertMismatch(batch().addEventId(8).clearPulseCount().addPulseCount(-1).addPulseCount(3));
  }

  @Test
  void aMismatchSaysAllLengths() {
    assertThatThrownBy(() -> EventCodec.decode(batch().addTimeNs(1).build()))
        .hasMessageContaining("sensor_id 2, time_ns 3, charge_pe 2, auxiliary 2 (expected: 2 each");
  }

  private static EventBatch.Builder batch() {
    return EventCodec.encode(List.of(EVENT), Samples.geometry()).toBuilder();
  }

  private static void assertMismatch(EventBatch.Builder batch) {
    assertThatThrownBy(() -> EventCodec.decode(batch.build()))
        .isInstanceOfSatisfying(
            ReasonException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.REASON_COLUMNS_MISMATCHED));
  }
}
