// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import icecube.physics.IceModel;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownSensorsTest {
  private final DetectorGeometry geometry = IceCube86.geometry();
  private final SensorArray sensors = new SensorArray(geometry, new IceModel());

  private DetectorGeometry shifted(float meters) {
    int count = geometry.sensorCount();
    float[] x = new float[count];
    float[] y = new float[count];
    float[] z = new float[count];
    for (int sensor = 0; sensor < count; sensor++) {
      x[sensor] = geometry.xMeters(sensor) + meters;
      y[sensor] = geometry.yMeters(sensor);
      z[sensor] = geometry.zMeters(sensor);
    }
    return DetectorGeometry.of("shifted", x, y, z);
  }

  @Test
  void asManySensorsAreDeadAndEfficientAsInTheTable() {
    var slots = IntStream.range(0, sensors.count());
    assertThat(slots.filter(slot -> !sensors.isAlive(slot)).count()).isEqualTo(77);
    assertThat(
            IntStream.range(0, sensors.count())
                .filter(slot -> sensors.isAlive(slot) && sensors.isEfficient(slot))
                .count())
        .isEqualTo(399);
  }

  @Test
  void aDeadSensorSeesNothing() {
    for (int slot = 0; slot < sensors.count(); slot++) {
      double efficiency = sensors.efficiency(slot);
      assertThat(efficiency).isEqualTo(sensors.isAlive(slot) ? expected(slot) : 0);
    }
  }

  private double expected(int slot) {
    return sensors.isEfficient(slot) ? SensorArray.HIGH_EFFICIENCY : 1;
  }

  @Test
  void theCoreIsDeepCoreAndTheSevenStringsAroundBelowTheDust() {
    for (int slot = 0; slot < sensors.count(); slot++) {
      if (sensors.isCore(slot)) {
        assertThat(sensors.z(slot)).isLessThan(-150);
        assertThat(sensors.string(slot) + 1)
            .isIn(26, 27, 35, 36, 37, 45, 46, 79, 80, 81, 82, 83, 84, 85, 86);
      }
    }
    assertThat(IntStream.range(0, sensors.count()).filter(sensors::isCore).count())
        .isBetween(500L, 560L);
  }

  @Test
  void aSurveyedIceCubeIsKnownAndAnotherDetectorIsNot() {
    assertThat(KnownSensors.areOf(geometry)).isTrue();
    assertThat(KnownSensors.areOf(shifted(20))).isTrue();
    assertThat(KnownSensors.areOf(shifted((float) KnownSensors.SAME_PLACE_METERS + 1))).isFalse();
    assertThat(KnownSensors.areOf(DetectorFixtures.grid(3, 12))).isFalse();
  }

  @Test
  void inAnotherDetectorNoSensorIsDeadAndDenseStringsAreEfficient() {
    var dense = new SensorArray(DetectorFixtures.row(0, 20), new IceModel());
    assertThat(dense.isAlive(0)).isTrue();
    assertThat(dense.isEfficient(0)).isFalse();
    assertThat(dense.isCore(0)).isFalse();
  }
}
