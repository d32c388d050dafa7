// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Acceptance: the nominal geometry beside the surveyed one of the Kaggle competition, {@code
 * kaggle/sensor_geometry.csv} in the folder {@code -Dicecube.data}.
 */
class SurveyedGeometryTest {
  private static final DetectorGeometry NOMINAL = IceCube86.geometry();

  @BeforeAll
  static void needsTheSurveyedFile() {
    assumeThat(System.getProperty("icecube.data", ""))
        .as("the folder of real files: set -Dicecube.data=DIR to check against the survey")
        .isNotBlank();
  }

  @Test
  void numbersTheSurveyedStringsAsIceCubeDoes() throws IOException {
    var surveyed = surveyed();

    assertThat(surveyed.stringCount()).isEqualTo(86);
    for (int sensor = 0; sensor < surveyed.sensorCount(); sensor++) {
      assertThat(surveyed.stringId(sensor)).isEqualTo(sensor / 60 + 1);
    }
  }

  @Test
  void liesWithinFourMetersOfTheSurvey() throws IOException {
    var surveyed = surveyed();
    double worst = 0;
    int worstSensor = 0;
    double sumOfSquares = 0;
    for (int sensor = 0; sensor < NOMINAL.sensorCount(); sensor++) {
      double metres = deviationMeters(surveyed, sensor);
      sumOfSquares += metres * metres;
      if (metres > worst) {
        worst = metres;
        worstSensor = sensor;
      }
    }
    double rms = Math.sqrt(sumOfSquares / NOMINAL.sensorCount());
    System.out.printf(
        "icecube-86 beside the survey: largest deviation %.2f m (sensor %d), rms %.3f m%n",
        worst, worstSensor, rms);

    assertThat(worst).as("largest deviation, metres, at sensor %d", worstSensor).isLessThan(4);
    assertThat(rms).as("rms deviation, metres").isLessThan(0.2);
  }

  private static double deviationMeters(DetectorGeometry surveyed, int sensor) {
    double dx = NOMINAL.xMeters(sensor) - (double) surveyed.xMeters(sensor);
    double dy = NOMINAL.yMeters(sensor) - (double) surveyed.yMeters(sensor);
    double dz = NOMINAL.zMeters(sensor) - (double) surveyed.zMeters(sensor);
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  private static DetectorGeometry surveyed() throws IOException {
    var file = Path.of(System.getProperty("icecube.data"), "kaggle", "sensor_geometry.csv");
    var lines = Files.readAllLines(file);
    float[][] columns = new float[3][lines.size() - 1];
    for (int sensor = 0; sensor < lines.size() - 1; sensor++) {
      String[] cells = lines.get(sensor + 1).split(",", -1);
      assertThat(Integer.parseInt(cells[0])).isEqualTo(sensor);
      for (int axis = 0; axis < 3; axis++) {
        columns[axis][sensor] = Float.parseFloat(cells[axis + 1]);
      }
    }
    return DetectorGeometry.of("survey", columns[0], columns[1], columns[2]);
  }
}
