// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.DetectorGeometry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code sensor_geometry.csv}: sensor_id, x, y, z in metres; ids 0..n−1, each once, any order. */
public final class GeometryCsv {
  private static final List<String> COLUMNS = List.of("sensor_id", "x", "y", "z");

  private GeometryCsv() {}

  /**
   * Reads a geometry; its id is the file's name.
   *
   * @throws DatasetException if the file is missing, damaged, or its ids are not 0..n−1
   */
  public static DetectorGeometry read(Path file) {
    int max = DetectorGeometry.SENSOR_COUNT_MAX;
    float[][] meters = new float[3][max];
    boolean[] present = new boolean[max];
    int count = 0;
    try (CsvTable table = CsvTable.open(file, COLUMNS)) {
      int[] column = COLUMNS.stream().mapToInt(table::indexOf).toArray();
      while (table.next()) {
        long sensorId = table.integer(column[0]);
        if (sensorId < 0 || sensorId >= max || present[(int) sensorId]) {
          throw DatasetException.input(
              "%s: sensor_id: %d (expected: 0..%d, each once)".formatted(file, sensorId, max - 1),
              null);
        }
        present[(int) sensorId] = true;
        for (int axis = 0; axis < 3; axis++) {
          meters[axis][(int) sensorId] = (float) table.number(column[axis + 1]);
        }
        count++;
      }
    }
    for (int sensorId = 0; sensorId < count; sensorId++) {
      if (!present[sensorId]) {
        throw DatasetException.input(
            "%s: sensor_id %d is missing (expected: 0..%d)".formatted(file, sensorId, count - 1),
            null);
      }
    }
    return geometry(file, meters, count);
  }

  private static DetectorGeometry geometry(Path file, float[][] meters, int count) {
    try {
      return DetectorGeometry.of(
          String.valueOf(file.getFileName()),
          Arrays.copyOf(meters[0], count),
          Arrays.copyOf(meters[1], count),
          Arrays.copyOf(meters[2], count));
    } catch (IllegalArgumentException e) {
      throw DatasetException.input(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a geometry.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static void write(Path file, DetectorGeometry geometry) {
    WholeFile.write(
        file,
        out -> {
          out.write("sensor_id,x,y,z\n");
          for (int sensorId = 0; sensorId < geometry.sensorCount(); sensorId++) {
            float x = geometry.xMeters(sensorId);
            float y = geometry.yMeters(sensorId);
            float z = geometry.zMeters(sensorId);
            out.write(sensorId + "," + x + "," + y + "," + z + "\n");
          }
        });
  }
}
