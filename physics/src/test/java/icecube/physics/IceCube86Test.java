// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IceCube86Test {
  private static final DetectorGeometry GEOMETRY = IceCube86.geometry();

  @Test
  void has86StringsOf60Sensors() {
    assertThat(GEOMETRY.id()).isEqualTo("icecube-86");
    assertThat(GEOMETRY.sensorCount()).isEqualTo(5160);
    assertThat(GEOMETRY.stringCount()).isEqualTo(86);
  }

  @Test
  void numbersStringsAsIceCubeDoes() {
    for (int sensor = 0; sensor < GEOMETRY.sensorCount(); sensor++) {
      assertThat(GEOMETRY.stringId(sensor))
          .as("string of sensor %d", sensor)
          .isEqualTo(sensor / 60 + 1);
    }
  }

  @Test
  void countsSensorsFromTheTopOfStringOne() {
    assertThat(IceCube86.sensorId(1, 1)).isZero();
    assertThat(IceCube86.sensorId(1, 60)).isEqualTo(59);
    assertThat(IceCube86.sensorId(86, 60)).isEqualTo(5159);
  }

  @Test
  void refusesStringsAndDomsThatDoNotExist() {
    assertThatThrownBy(() -> IceCube86.sensorId(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("string: 0 (expected: 1..86)");
    assertThatThrownBy(() -> IceCube86.sensorId(87, 1)).hasMessage("string: 87 (expected: 1..86)");
    assertThatThrownBy(() -> IceCube86.sensorId(1, 0)).hasMessage("dom: 0 (expected: 1..60)");
    assertThatThrownBy(() -> IceCube86.sensorId(1, 61)).hasMessage("dom: 61 (expected: 1..60)");
  }

  @Test
  void hangsADomEvery17MetersOnTheGridStrings() {
    for (int string = 1; string <= 78; string++) {
      for (int dom = 2; dom <= 60; dom++) {
        assertThat(stepAbove(string, dom)).isEqualTo(17.02, within(1e-3));
      }
    }
  }

  @Test
  void hangsDeepCoreInTwoGroupsAroundTheDust() {
    for (int string = 79; string <= 86; string++) {
      for (int dom = 2; dom <= 60; dom++) {
        double expected = dom <= 10 ? 10.01 : dom == 11 ? 257.31 : 7.01;
        assertThat(stepAbove(string, dom)).isEqualTo(expected, within(1e-3));
      }
      assertThat(GEOMETRY.zMeters(IceCube86.sensorId(string, 11))).isBetween(-165f, -150f);
    }
  }

  @Test
  void keepsSensorsOfOneStringOnOneVertical() {
    for (int string = 1; string <= 86; string++) {
      int top = IceCube86.sensorId(string, 1);
      for (int dom = 2; dom <= 60; dom++) {
        int sensor = IceCube86.sensorId(string, dom);
        assertThat(GEOMETRY.xMeters(sensor)).isEqualTo(GEOMETRY.xMeters(top));
        assertThat(GEOMETRY.yMeters(sensor)).isEqualTo(GEOMETRY.yMeters(top));
      }
    }
  }

  @Test
  void setsGridStringsAbout125MetersApart() {
    for (int string = 1; string <= 78; string++) {
      assertThat(nearestGridStringMeters(string)).as("string %d", string).isBetween(100.0, 130.0);
    }
  }

  @Test
  void setsDeepCoreStringsCloser() {
    for (int string = 79; string <= 86; string++) {
      double x = GEOMETRY.xMeters(IceCube86.sensorId(string, 1));
      double y = GEOMETRY.yMeters(IceCube86.sensorId(string, 1));
      assertThat(Math.hypot(x - 46.29, y + 34.88)).as("from string 36").isLessThan(90);
    }
  }

  @Test
  void fillsACubicKilometerAroundTheOrigin() {
    for (int sensor = 0; sensor < GEOMETRY.sensorCount(); sensor++) {
      assertThat(Math.abs(GEOMETRY.xMeters(sensor))).isLessThan(580);
      assertThat(Math.abs(GEOMETRY.yMeters(sensor))).isLessThan(525);
      assertThat(Math.abs(GEOMETRY.zMeters(sensor))).isLessThan(530);
    }
  }

  private static double stepAbove(int string, int dom) {
    return GEOMETRY.zMeters(IceCube86.sensorId(string, dom - 1))
        - (double) GEOMETRY.zMeters(IceCube86.sensorId(string, dom));
  }

  private static double nearestGridStringMeters(int string) {
    double nearest = Double.POSITIVE_INFINITY;
    int sensor = IceCube86.sensorId(string, 1);
    for (int other = 1; other <= 78; other++) {
      int otherSensor = IceCube86.sensorId(other, 1);
      if (other != string) {
        double dx = GEOMETRY.xMeters(sensor) - (double) GEOMETRY.xMeters(otherSensor);
        double dy = GEOMETRY.yMeters(sensor) - (double) GEOMETRY.yMeters(otherSensor);
        nearest = Math.min(nearest, Math.hypot(dx, dy));
      }
    }
    return nearest;
  }
}
