// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineFitTest {
  @Test
  void findsAPlaneWaveThatRisesAlongAString() {
    int[] sensors = new int[20];
    float[] times = new float[20];
    float[] charges = new float[20];
    for (int pulse = 0; pulse < 20; pulse++) {
      sensors[pulse] = IceCube86.sensorId(36, 40 - pulse);
      times[pulse] = 100f * pulse;
      charges[pulse] = 1;
    }
    var pulses = PulseSeries.of(sensors, times, charges, new boolean[20]);
    var table =
        new FeatureBuilder(IceCube86.geometry(), FeatureBuilder.ROW_COUNT_MAX)
            .build(List.of(new Event(1, pulses)));

    assertThat(LineFit.plain().fit(table, 0).orElseThrow().zenithRad()).isGreaterThan(3.14);
    assertThat(LineFit.improved().fit(table, 0).orElseThrow().zenithRad()).isGreaterThan(3.14);
    assertThat(table.qualityBits(0)).isEqualTo(Quality.SINGLE_STRING.bit());
  }
}
