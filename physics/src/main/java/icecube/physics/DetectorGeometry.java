// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Where the sensors are: sensor id → x, y, z in metres, z up, origin at the detector's centre.
 *
 * <p>Sensor ids run from 0 without a gap. Sensors that lie no more than {@value
 * #STRING_RADIUS_METERS} m aside of each other hang on one {@code string} (the cable), and strings
 * are numbered from 1 in order of their first sensor, which is IceCube's own numbering for
 * IceCube's own geometry. The tolerance is needed: the survey follows the sway of IceCube's string
 * 21, up to 0.6 m. Two geometries are the same detector if and only if their {@link #hash()} is the
 * same; the id is only a name for people.
 *
 * <p>Immutable and thread-safe.
 */
public final class DetectorGeometry {
  /**
   * The most sensors a geometry may have; IceCube has 5,160, IceCube-Gen2 is planned with 15,000.
   */
  public static final int SENSOR_COUNT_MAX = 65_536;

  /** How far aside of a string's first sensor its others may hang, metres. */
  public static final double STRING_RADIUS_METERS = 2;

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

  /**
   * Gives each sensor its string and returns how many there are. First sensors of strings are kept
   * in square cells so small that a cell holds one at most, so this takes O(sensors).
   */
  private int numberStrings() {
    var firstSensorOfCell = new HashMap<Cell, Integer>();
    int count = 0;
    for (int sensor = 0; sensor < xMeters.length; sensor++) {
      var cell = Cell.of(xMeters[sensor], yMeters[sensor]);
      int first = firstSensorNear(sensor, cell, firstSensorOfCell);
      if (first == sensor) {
        count++;
        firstSensorOfCell.put(cell, sensor);
        stringId[sensor] = count;
      } else {
        stringId[sensor] = stringId[first];
      }
    }
    return count;
  }

  /** The first sensor of the earliest string within reach, or {@code sensor} itself. */
  private int firstSensorNear(int sensor, Cell cell, Map<Cell, Integer> firstSensorOfCell) {
    int nearest = sensor;
    for (int across = -Cell.REACH; across <= Cell.REACH; across++) {
      for (int along = -Cell.REACH; along <= Cell.REACH; along++) {
        var near = new Cell(cell.across() + across, cell.along() + along);
        int first = firstSensorOfCell.getOrDefault(near, sensor);
        if (first < nearest && isAside(sensor, first)) {
          nearest = first;
        }
      }
    }
    return nearest;
  }

  private boolean isAside(int sensor, int other) {
    double dx = xMeters[sensor] - (double) xMeters[other];
    double dy = yMeters[sensor] - (double) yMeters[other];
    return Math.hypot(dx, dy) <= STRING_RADIUS_METERS;
  }

  /**
   * A square of the horizontal plane whose diagonal is the string radius, so that it holds the
   * first sensor of one string at most.
   */
  private record Cell(long across, long along) {
    /** Cells to look at on each side to see every point within the string radius: ⌈√2⌉. */
    private static final int REACH = 2;

    private static final double EDGE_METERS = STRING_RADIUS_METERS / Math.sqrt(2);

    static Cell of(double xMeters, double yMeters) {
      return new Cell(
          (long) Math.floor(xMeters / EDGE_METERS), (long) Math.floor(yMeters / EDGE_METERS));
    }
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
