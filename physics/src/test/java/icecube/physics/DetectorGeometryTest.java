// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DetectorGeometryTest {
  private static final float[] X = {0, 0, 10};
  private static final float[] Y = {0, 0, 20};
  private static final float[] Z = {5, -5, 5};

  @Test
  void knowsItsSensors() {
    var geometry = DetectorGeometry.of("three", X, Y, Z);

    assertThat(geometry.sensorCount()).isEqualTo(3);
    assertThat(geometry.hasSensor(0)).isTrue();
    assertThat(geometry.hasSensor(2)).isTrue();
    assertThat(geometry.hasSensor(3)).isFalse();
    assertThat(geometry.hasSensor(-1)).isFalse();
    assertThat(geometry.xMeters(2)).isEqualTo(10);
    assertThat(geometry.yMeters(2)).isEqualTo(20);
    assertThat(geometry.zMeters(1)).isEqualTo(-5);
    assertThat(geometry.distanceMeters(0, 1)).isEqualTo(10);
    assertThat(geometry.distanceMeters(1, 2)).isEqualTo(Math.sqrt(600), within(1e-12));
  }

  @Test
  void numbersStringsInOrderOfTheirFirstSensor() {
    float[] x = {100, 0, 100, 0, 50};
    var geometry = DetectorGeometry.of("mixed", x, new float[5], new float[5]);

    assertThat(geometry.stringCount()).isEqualTo(3);
    assertThat(stringIds(geometry)).containsExactly(1, 2, 1, 2, 3);
  }

  @Test
  void keepsASwayingStringOneAndNeighboursApart() {
    float[] x = {0, 0.6f, -0.6f, 1.9f, 2.1f, -100_000, -100_000};
    float[] y = {0, 0.6f, -0.6f, 0, 0, 7, 8.9f};
    var geometry = DetectorGeometry.of("sway", x, y, new float[7]);

    assertThat(stringIds(geometry)).containsExactly(1, 1, 1, 1, 2, 3, 3);
  }

  @Test
  void numbersStringsAsComparingEverySensorWithEveryStringWould() {
    var random = Seeds.random();
    float[] x = new float[2_000];
    float[] y = new float[2_000];
    for (int sensor = 0; sensor < x.length; sensor++) {
      x[sensor] = 60 * random.nextFloat() - 30;
      y[sensor] = 60 * random.nextFloat() - 30;
    }
    var geometry = DetectorGeometry.of("dense", x, y, new float[2_000]);

    assertThat(stringIds(geometry)).as(Seeds.hint()).isEqualTo(stringIdsByComparison(x, y));
  }

  @Test
  void numbersTheLargestDetectorOfLoneSensors() {
    int count = DetectorGeometry.SENSOR_COUNT_MAX;
    float[] x = new float[count];
    for (int sensor = 0; sensor < count; sensor++) {
      x[sensor] = 100 * sensor;
    }
    assertThat(DetectorGeometry.of("row", x, new float[count], new float[count]).stringCount())
        .isEqualTo(count);
  }

  @Test
  void isTheSameDetectorWhenTheCoordinatesAre() {
    var geometry = DetectorGeometry.of("three", X, Y, Z);
    float[] moved = {5, -5, 5.01f};

    assertThat(geometry)
        .isEqualTo(DetectorGeometry.of("other name", X, Y, Z))
        .hasSameHashCodeAs(DetectorGeometry.of("other name", X, Y, Z))
        .isNotEqualTo(DetectorGeometry.of("three", X, Y, moved))
        .isNotEqualTo(DetectorGeometry.of("three", Y, X, Z))
        .isNotEqualTo("three");
    assertThat(geometry.toString()).isEqualTo("three@" + geometry.hash().substring(0, 12));
  }

  @Test
  void hashesLittleEndianFloatsColumnByColumn() {
    // printf '\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40' | sha256sum, the floats 1, 2, 3.
    var geometry = DetectorGeometry.of("one", new float[] {1}, new float[] {2}, new float[] {3});
    assertThat(geometry.hash())
        .isEqualTo("8e628779e6a74ee0b36991c10158f63cafec7d340ad4e075592502c8708524dd");
  }

  @Test
  void hashesMinusZeroAsZero() {
    float[] zero = {0};
    float[] minusZero = {-0.0f};
    assertThat(DetectorGeometry.of("a", minusZero, minusZero, minusZero))
        .isEqualTo(DetectorGeometry.of("b", zero, zero, zero));
  }

  @Test
  void staysAsItWasWhenTheCallersColumnsChange() {
    float[] x = X.clone();
    var geometry = DetectorGeometry.of("three", x, Y, Z);

    x[2] = 99;

    assertThat(geometry.xMeters(2)).isEqualTo(10);
  }

  @Test
  void refusesColumnsThatAreNoDetector() {
    assertThatThrownBy(() -> DetectorGeometry.of("bad", X, new float[2], Z))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sensor columns: x 3, y 2, z 3 (expected: equal lengths)");
    float[] none = {};
    assertThatThrownBy(() -> DetectorGeometry.of("bad", none, none, none))
        .hasMessage("sensors: 0 (expected: 1..65536)");
    float[] many = new float[65_537];
    assertThatThrownBy(() -> DetectorGeometry.of("bad", many, many, many))
        .hasMessage("sensors: 65537 (expected: 1..65536)");
    float[] unknown = {5, Float.NaN, 5};
    assertThatThrownBy(() -> DetectorGeometry.of("bad", X, Y, unknown))
        .hasMessage("sensor 1: (0.0, 0.0, NaN) (expected: finite metres)");
  }

  private static int[] stringIds(DetectorGeometry geometry) {
    int[] ids = new int[geometry.sensorCount()];
    for (int sensor = 0; sensor < ids.length; sensor++) {
      ids[sensor] = geometry.stringId(sensor);
    }
    return ids;
  }

  private static int[] stringIdsByComparison(float[] x, float[] y) {
    int[] ids = new int[x.length];
    int[] firsts = new int[x.length];
    int count = 0;
    for (int sensor = 0; sensor < x.length; sensor++) {
      int string = 0;
      while (string < count
          && Math.hypot(
                  x[sensor] - (double) x[firsts[string]], y[sensor] - (double) y[firsts[string]])
              > DetectorGeometry.STRING_RADIUS_METERS) {
        string++;
      }
      if (string == count) {
        firsts[count++] = sensor;
      }
      ids[sensor] = string + 1;
    }
    return ids;
  }
}
