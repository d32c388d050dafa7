// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;

/**
 * Where the sensors are: sensor id → x, y, z in metres, z up, origin at the detector's centre.
 *
 * <p>Sensor ids run from 0 without a gap. Sensors that share x and y hang on one {@code string}
 * (the cable), and strings are numbered from 1 in order of their first sensor, which is IceCube's
 * own numbering for IceCube's own geometry. Two geometries are the same detector if and only if
 * their {@link #hash()} is the same; the id is only a name for people.
 *
 * <p>Immutable and thread-safe.
 */
public final class DetectorGeometry {
  /**
   * The most sensors a geometry may have; IceCube has 5,160, IceCube-Gen2 is planned with 15,000.
   */
  public static final int SENSOR_COUNT_MAX = 65_536;

  private final String id;
  private final String hash;
  private final float[] xMeters;
  private final float[] yMeters;
  private final float[] zMeters;
  private final int[] stringId;
  private final int stringCount;

  private DetectorGeometry(String id, float[] xMeters, float[] yMeters, float[] zMeters) {
    this.id = id;
    this.xMeters = xMeters;
    this.yMeters = yMeters;
    this.zMeters = zMeters;
    this.stringId = new int[xMeters.length];
    this.stringCount = numberStrings();
    this.hash = hashOf(xMeters, yMeters, zMeters);
  }

  /**
   * A geometry from three columns indexed by sensor id.
   *
   * @throws IllegalArgumentException if the columns differ in length, hold no or too many sensors,
   *     or a coordinate that is not finite
   */
  public static DetectorGeometry of(String id, float[] xMeters, float[] yMeters, float[] zMeters) {
    requireNonNull(id, "id");
    int count = xMeters.length;
    if (yMeters.length != count || zMeters.length != count) {
      throw new IllegalArgumentException(
          "sensor columns: x %d, y %d, z %d (expected: equal lengths)"
              .formatted(count, yMeters.length, zMeters.length));
    }
    if (count == 0 || count > SENSOR_COUNT_MAX) {
      throw new IllegalArgumentException(
          "sensors: " + count + " (expected: 1.." + SENSOR_COUNT_MAX + ")");
    }
    for (int sensor = 0; sensor < count; sensor++) {
      if (!Float.isFinite(xMeters[sensor] + yMeters[sensor] + zMeters[sensor])) {
        throw new IllegalArgumentException(
            "sensor %d: (%s, %s, %s) (expected: finite metres)"
                .formatted(sensor, xMeters[sensor], yMeters[sensor], zMeters[sensor]));
      }
    }
    return new DetectorGeometry(id, xMeters.clone(), yMeters.clone(), zMeters.clone());
  }

  private int numberStrings() {
    var numbers = new HashMap<Long, Integer>();
    for (int sensor = 0; sensor < xMeters.length; sensor++) {
      long xy =
          (long) Float.floatToIntBits(xMeters[sensor]) << 32
              | Integer.toUnsignedLong(Float.floatToIntBits(yMeters[sensor]));
      stringId[sensor] = numbers.computeIfAbsent(xy, unseen -> numbers.size() + 1);
    }
    return numbers.size();
  }

  /** SHA-256 over the little-endian float32 columns x, y, z in sensor order, as 64 hex digits. */
  private static String hashOf(float[]... columns) {
    var bytes = ByteBuffer.allocate(3 * columns[0].length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (float[] column : columns) {
      for (float value : column) {
        bytes.putFloat(value + 0.0f);
      }
    }
    try {
      var sha256 = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HexFormat.of().formatHex(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }

  /** Name for people: {@code icecube-86} for the built-in, else the file it was read from. */
  public String id() {
    return id;
  }

  /** What identifies the detector: 64 hex digits over all coordinates. */
  public String hash() {
    return hash;
  }

  /** Number of sensors; valid sensor ids are 0..sensorCount−1. */
  public int sensorCount() {
    return xMeters.length;
  }

  /** Number of strings; string ids are 1..stringCount. */
  public int stringCount() {
    return stringCount;
  }

  /** Whether a sensor with this id exists. */
  public boolean hasSensor(int sensorId) {
    return sensorId >= 0 && sensorId < xMeters.length;
  }

  /** Position of a sensor along x, metres. */
  public float xMeters(int sensorId) {
    return xMeters[sensorId];
  }

  /** Position of a sensor along y, metres. */
  public float yMeters(int sensorId) {
    return yMeters[sensorId];
  }

  /** Position of a sensor along z (up), metres; depth below the surface is 1948.07 − z. */
  public float zMeters(int sensorId) {
    return zMeters[sensorId];
  }

  /** The string a sensor hangs on, 1..stringCount. */
  public int stringId(int sensorId) {
    return stringId[sensorId];
  }

  /** Distance between two sensors, metres. */
  public double distanceMeters(int sensorId, int otherId) {
    double dx = xMeters[sensorId] - (double) xMeters[otherId];
    double dy = yMeters[sensorId] - (double) yMeters[otherId];
    double dz = zMeters[sensorId] - (double) zMeters[otherId];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DetectorGeometry that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return id + "@" + hash.substring(0, 12);
  }
}
