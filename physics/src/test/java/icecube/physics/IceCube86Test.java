// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
      assertThat(neighbourMeters(string, 126)).as("string %d", string).isNotEmpty();
      assertThat(neighbourMeters(string, 97)).as("string %d", string).isEmpty();
    }
  }

  @Test
  void givesGridStringsSixNeighboursLikeATriangularGrid() {
    var meters = new ArrayList<Double>();
    int withSix = 0;
    for (int string = 1; string <= 78; string++) {
      var neighbours = neighbourMeters(string, 160);
      assertThat(neighbours).as("string %d", string).hasSizeBetween(3, 6);
      withSix += neighbours.size() == 6 ? 1 : 0;
      meters.addAll(neighbours);
    }
    assertThat(withSix).as("strings inside the grid").isGreaterThan(40);
    Collections.sort(meters);
    assertThat(meters.get(meters.size() / 2)).isEqualTo(125, within(1.0));
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

  /** Distances from a grid string to the other grid strings within {@code reachMeters}. */
  private static List<Double> neighbourMeters(int string, double reachMeters) {
    var meters = new ArrayList<Double>();
    int top = IceCube86.sensorId(string, 1);
    for (int other = 1; other <= 78; other++) {
      int otherTop = IceCube86.sensorId(other, 1);
      double dx = GEOMETRY.xMeters(top) - (double) GEOMETRY.xMeters(otherTop);
      double dy = GEOMETRY.yMeters(top) - (double) GEOMETRY.yMeters(otherTop);
      if (other != string && Math.hypot(dx, dy) <= reachMeters) {
        meters.add(Math.hypot(dx, dy));
      }
    }
    return meters;
  }
}
