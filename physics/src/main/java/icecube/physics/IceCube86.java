// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * The nominal IceCube detector: 86 strings of 60 sensors, 5,160 in all, as a table of its published
 * facts.
 *
 * <p>Sensor {@code (string − 1) · 60 + (dom − 1)} hangs on string 1..86 as DOM 1..60 counted from
 * the top. Strings 1..78 form a triangular grid of about 125 m and carry a DOM every {@value
 * #STEP_METERS} m. Strings 79..86 are DeepCore, the dense core: ten DOMs every {@value
 * #CAP_STEP_METERS} m above the dust layer (the veto cap), a gap of {@value #DUST_GAP_METERS} m,
 * and fifty DOMs every {@value #CORE_STEP_METERS} m in the clearest ice.
 *
 * <p>The real cable bends, stretches and was cut in pieces, so a surveyed DOM lies up to a few
 * metres from its nominal place; where a surveyed geometry is at hand, it wins. Metres, z up,
 * origin at the detector's centre, 1948.07 m below the surface.
 *
 * <p>Source: IceCube Collaboration, "The IceCube Neutrino Observatory: instrumentation and online
 * systems", JINST 12 (2017) P03012, arXiv:1612.05093, §§1–2; positions rounded to 1 cm.
 */
public final class IceCube86 {
  /** The name of this geometry. */
  public static final String ID = "icecube-86";

  /** Number of strings. */
  public static final int STRING_COUNT = 86;

  /** Number of DOMs on each string. */
  public static final int DOM_COUNT = 60;

  /** Number of the first DeepCore string; all from here to the last are DeepCore. */
  public static final int DEEP_CORE_FIRST_STRING = 79;

  /** Distance of neighbours on strings 1..78, metres. */
  public static final double STEP_METERS = 17.02;

  /** DOMs of a DeepCore string that hang above the dust layer. */
  public static final int CAP_DOM_COUNT = 10;

  /** Distance of neighbours in DeepCore's cap, metres. */
  public static final double CAP_STEP_METERS = 10.01;

  /** Distance from DeepCore's last cap DOM to its first below the dust layer, metres. */
  public static final double DUST_GAP_METERS = 257.31;

  /** Distance of neighbours in DeepCore below the dust layer, metres. */
  public static final double CORE_STEP_METERS = 7.01;

  /** Values a row of {@link #STRINGS} has: x, y, and z of the top DOM, metres. */
  private static final int ROW_LENGTH = 3;

  /** One row for each string, from string 1 on. */
  private static final double[] STRINGS = {
    -256.14, -521.08, 496.03,
    -132.80, -501.45, 500.07,
    -9.13, -481.74, 499.23,
    114.39, -461.99, 498.66,
    237.78, -442.42, 501.46,
    361.00, -422.83, 499.51,
    -334.80, -424.50, 500.59,
    -211.35, -404.48, 498.63,
    -88.05, -384.30, 500.02,
    35.54, -364.83, 497.71,
    158.94, -345.23, 499.83,
    282.18, -325.74, 498.44,
    405.83, -306.38, 495.13,
    -413.46, -327.27, 499.59,
    -290.66, -307.38, 504.02,
    -166.40, -287.79, 497.78,
    -43.27, -267.52, 500.43,
    79.41, -248.24, 498.90,
    210.47, -209.77, 496.94,
    326.85, -209.07, 498.42,
    443.79, -194.29, 516.67,
    -492.43, -230.16, 497.60,
    -368.93, -210.23, 500.53,
    -245.65, -190.49, 501.48,
    -121.77, -171.03, 502.27,
    1.71, -150.63, 497.25,
    124.97, -131.25, 493.65,
    248.15, -111.87, 498.34,
    371.56, -92.18, 501.58,
    500.43, -58.45, 501.85,
    -570.90, -125.14, 499.60,
    -447.74, -113.13, 500.67,
    -324.39, -93.43, 500.13,
    -200.55, -74.03, 523.42,
    -77.80, -54.33, 502.70,
    46.29, -34.88, 500.97,
    194.34, -30.92, 504.09,
    292.90, 5.20, 491.40,
    411.81, 13.00, 501.73,
    544.07, 55.89, 502.79,
    -526.63, -15.60, 502.67,
    -403.14, 3.49, 501.80,
    -279.53, 23.17, 502.61,
    -156.23, 43.37, 500.84,
    -32.96, 62.44, 495.81,
    90.49, 82.35, 501.66,
    195.03, 125.59, 501.83,
    330.03, 127.20, 500.87,
    472.05, 127.90, 504.27,
    576.37, 170.92, 494.04,
    -481.60, 101.39, 502.05,
    -358.44, 120.56, 498.06,
    -234.95, 140.44, 500.06,
    -111.51, 159.98, 500.53,
    11.87, 179.19, 502.34,
    132.03, 202.98, 502.74,
    257.31, 211.66, 504.43,
    382.35, 238.90, 498.54,
    505.27, 257.88, 506.23,
    -437.04, 217.80, 501.47,
    -313.60, 237.44, 501.19,
    -189.98, 257.42, 501.35,
    -66.70, 276.92, 497.82,
    54.26, 292.97, 524.56,
    174.47, 315.54, 512.74,
    303.41, 335.64, 512.95,
    429.76, 351.02, 506.14,
    -392.38, 334.24, 502.79,
    -268.90, 354.24, 501.54,
    -145.45, 374.24, 502.09,
    -21.97, 393.24, 499.81,
    101.04, 412.79, 504.42,
    224.58, 432.35, 497.06,
    338.44, 463.72, 505.72,
    -347.88, 451.52, 502.01,
    -224.09, 470.86, 502.42,
    -101.06, 490.22, 501.49,
    22.11, 509.50, 504.66,
    31.25, -72.93, 188.29,
    72.37, -66.60, 187.59,
    41.60, 35.49, 189.52,
    106.94, 27.09, 186.66,
    113.19, -60.47, 186.32,
    57.20, -105.52, 186.02,
    -9.68, -79.50, 191.01,
    -10.97, 6.72, 190.42
  };

  private static final DetectorGeometry GEOMETRY = build();

  private IceCube86() {}

  /** The nominal geometry {@value #ID}; always the same object. */
  public static DetectorGeometry geometry() {
    return GEOMETRY;
  }

  /** The id of DOM {@code dom} (1..60, from the top) on string {@code string} (1..86). */
  public static int sensorId(int string, int dom) {
    if (string < 1 || string > STRING_COUNT) {
      throw new IllegalArgumentException(
          "string: " + string + " (expected: 1.." + STRING_COUNT + ")");
    }
    if (dom < 1 || dom > DOM_COUNT) {
      throw new IllegalArgumentException("dom: " + dom + " (expected: 1.." + DOM_COUNT + ")");
    }
    return (string - 1) * DOM_COUNT + (dom - 1);
  }

  private static DetectorGeometry build() {
    int sensorCount = STRING_COUNT * DOM_COUNT;
    float[] xMeters = new float[sensorCount];
    float[] yMeters = new float[sensorCount];
    float[] zMeters = new float[sensorCount];
    for (int string = 1; string <= STRING_COUNT; string++) {
      int row = (string - 1) * ROW_LENGTH;
      for (int dom = 1; dom <= DOM_COUNT; dom++) {
        int sensor = sensorId(string, dom);
        xMeters[sensor] = (float) STRINGS[row];
        yMeters[sensor] = (float) STRINGS[row + 1];
        zMeters[sensor] = (float) (STRINGS[row + 2] - metersBelowTop(string, dom));
      }
    }
    return DetectorGeometry.of(ID, xMeters, yMeters, zMeters);
  }

  private static double metersBelowTop(int string, int dom) {
    if (string < DEEP_CORE_FIRST_STRING) {
      return (dom - 1) * STEP_METERS;
    }
    if (dom <= CAP_DOM_COUNT) {
      return (dom - 1) * CAP_STEP_METERS;
    }
    return (CAP_DOM_COUNT - 1) * CAP_STEP_METERS
        + DUST_GAP_METERS
        + (dom - CAP_DOM_COUNT - 1) * CORE_STEP_METERS;
  }
}
