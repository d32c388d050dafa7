// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import icecube.physics.DetectorGeometry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A detector geometry as bytes: sensor count, length of the id, the id in UTF-8, then the columns
 * x, y, z as float32; all little-endian.
 */
final class GeometryBytes {
  private GeometryBytes() {}

  static byte[] encode(DetectorGeometry geometry) {
    byte[] id = geometry.id().getBytes(StandardCharsets.UTF_8);
    int sensorCount = geometry.sensorCount();
    var bytes =
        ByteBuffer.allocate(2 * Integer.BYTES + id.length + 3 * Float.BYTES * sensorCount)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(sensorCount)
            .putInt(id.length)
            .put(id);
    for (int sensor = 0; sensor < sensorCount; sensor++) {
      bytes.putFloat(geometry.xMeters(sensor));
    }
    for (int sensor = 0; sensor < sensorCount; sensor++) {
      bytes.putFloat(geometry.yMeters(sensor));
    }
    for (int sensor = 0; sensor < sensorCount; sensor++) {
      bytes.putFloat(geometry.zMeters(sensor));
    }
    return bytes.array();
  }

  /**
   * The geometry in these bytes.
   *
   * @throws EventLogException if they are no geometry, or not the one with this hash
   */
  static DetectorGeometry decode(byte[] bytes, String hash) {
    DetectorGeometry geometry;
    try {
      geometry = decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new EventLogException("geometry " + hash + ": unreadable; put it again", e);
    }
    if (!geometry.hash().equals(hash)) {
      throw new EventLogException(
          "geometry hash: %s (expected: %s); put it again".formatted(geometry.hash(), hash));
    }
    return geometry;
  }

  private static DetectorGeometry decode(ByteBuffer bytes) {
    int sensorCount = lengthOf(bytes, DetectorGeometry.SENSOR_COUNT_MAX);
    byte[] id = new byte[lengthOf(bytes, bytes.remaining())];
    bytes.get(id);
    float[][] columns = new float[3][sensorCount];
    for (float[] column : columns) {
      for (int sensor = 0; sensor < sensorCount; sensor++) {
        column[sensor] = bytes.getFloat();
      }
    }
    return DetectorGeometry.of(
        new String(id, StandardCharsets.UTF_8), columns[0], columns[1], columns[2]);
  }

  private static int lengthOf(ByteBuffer bytes, int max) {
    int length = bytes.getInt();
    if (length < 0 || length > max) {
      throw new IllegalArgumentException("length: " + length + " (expected: 0.." + max + ")");
    }
    return length;
  }
}
