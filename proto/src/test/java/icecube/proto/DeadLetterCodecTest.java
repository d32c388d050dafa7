// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.v1.Detector;
import icecube.v1.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLetterCodecTest {
  private static final Event EVENT =
      new Event(
          7,
          PulseSeries.of(
              new int[] {9_999}, new float[] {Float.NaN}, new float[] {-1}, new boolean[] {true}));

  @Test
  void aLetterHoldsTheEventBitForBitAndSaysWhy() {
    var detector = EventCodec.detector(IceCube86.geometry());
    var letter =
        DeadLetterCodec.encode(EVENT, detector, Reason.REASON_SENSOR_UNKNOWN, "sensor_id: 9999");
    assertThat(letter.getEventId()).isEqualTo(7);
    assertThat(letter.getReason()).isEqualTo(Reason.REASON_SENSOR_UNKNOWN);
    assertThat(letter.getMessage()).isEqualTo("sensor_id: 9999");
    assertThat(EventCodec.decode(letter.getEvent())).isEqualTo(List.of(EVENT));
    assertThat(letter.getEvent().getDetector()).isEqualTo(detector);
  }

  @Test
  void aDetectorThatIsKnownByNameOnlyStaysAsItWasNamed() {
    var detector = Detector.newBuilder().setGeometryHash("ab").build();
    var letter = DeadLetterCodec.encode(EVENT, detector, Reason.REASON_CRASH_LOOP, "");
    assertThat(letter.getEvent().getDetector()).isEqualTo(detector);
  }
}
