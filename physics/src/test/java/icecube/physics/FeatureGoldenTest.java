// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the features to what {@code src/test/python/golden.py} computed. */
class FeatureGoldenTest {
  /** As in golden.py. */
  private static final int ROW_COUNT_MAX = 24;

  /** Of a value, or of 1 if that is more: float32 has seven digits. */
  private static final double ERROR_MAX = 1e-6;

  private static final List<List<String>> PULSES = read("features-pulses.csv");
  private static final List<List<String>> ROWS = read("features-rows.csv");

  private final FeatureBuilder features = new FeatureBuilder(geometry(), ROW_COUNT_MAX);

  static Stream<List<String>> events() {
    return read("features-events.csv").stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void featuresAreThoseOfTheReference(List<String> expected) {
    var table = features.build(List.of(event(expected.get(0))));
    List<List<String>> rows = of(expected.get(0), ROWS);

    assertThat(table.pulsesSeen(0)).isEqualTo(Integer.parseInt(expected.get(1)));
    assertThat(table.rowCount())
        .isEqualTo(Integer.parseInt(expected.get(2)))
        .isEqualTo(rows.size());
    assertThat(table.qualityBits(0)).isEqualTo(Integer.parseInt(expected.get(3)));
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < FeatureTable.COLUMN_COUNT; column++) {
        double value = Double.parseDouble(rows.get(row).get(1 + column));
        assertThat((double) table.value(row, column))
            .as("row %d, column %d", row, column)
            .isCloseTo(value, within(ERROR_MAX * Math.max(1, Math.abs(value))));
      }
    }
  }

  private static DetectorGeometry geometry() {
    List<List<String>> sensors = read("features-sensors.csv");
    float[][] places = new float[3][sensors.size()];
    for (int sensor = 0; sensor < sensors.size(); sensor++) {
      for (int axis = 0; axis < places.length; axis++) {
        places[axis][sensor] = Float.parseFloat(sensors.get(sensor).get(1 + axis));
      }
    }
    return DetectorGeometry.of("golden", places[0], places[1], places[2]);
  }

  private static Event event(String id) {
    List<List<String>> pulses = of(id, PULSES);
    int count = pulses.size();
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    boolean[] auxiliary = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      List<String> cells = pulses.get(pulse);
      sensorId[pulse] = Integer.parseInt(cells.get(1));
      timeNs[pulse] = Float.parseFloat(cells.get(2));
      chargePe[pulse] = Float.parseFloat(cells.get(3));
      auxiliary[pulse] = Boolean.parseBoolean(cells.get(4));
    }
    return new Event(Long.parseLong(id), PulseSeries.of(sensorId, timeNs, chargePe, auxiliary));
  }

  private static List<List<String>> of(String id, List<List<String>> lines) {
    return lines.stream().filter(cells -> cells.get(0).equals(id)).toList();
  }

  /** The lines of a golden file below its header, split at commas. */
  private static List<List<String>> read(String name) {
    var lines = new ArrayList<List<String>>();
    var stream =
        Objects.requireNonNull(FeatureGoldenTest.class.getResourceAsStream("/golden/" + name));
    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      reader.lines().skip(1).forEach(line -> lines.add(List.of(line.split(",", -1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
