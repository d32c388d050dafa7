// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionReader;
import icecube.dataset.SubmissionReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The predictions of one model, to be looked up by event: six columns of 36 bytes a row, and an
 * index of open addressing with two slots of 4 bytes for each row there is room for. Room doubles,
 * so it is 44 to 88 bytes a prediction, and half as much again while it grows. Confined to one
 * thread.
 */
public final class PredictionTable {
  /** The most rows of a file; 2²⁴ of them take some 0.8 GB. */
  public static final int ROW_COUNT_MAX = 1 << 24;

  private static final int NONE = -1;
  private static final int INITIAL_ROWS = 1_024;

  private final String name;
  private final Path file;
  private final int rowCountMax;
  private int count;
  private long[] eventId = new long[INITIAL_ROWS];
  private double[] azimuthRad = new double[INITIAL_ROWS];
  private double[] zenithRad = new double[INITIAL_ROWS];
  private float[] kappa = new float[INITIAL_ROWS];
  private float[] radius50Rad = new float[INITIAL_ROWS];
  private float[] radius90Rad = new float[INITIAL_ROWS];
  private int[] slots = emptySlots(INITIAL_ROWS);
  private final BitSet found = new BitSet();

  private PredictionTable(String name, Path file, int rowCountMax) {
    this.name = name;
    this.file = file;
    this.rowCountMax = rowCountMax;
  }

  /**
   * Reads a file of predictions, Parquet or CSV by its name.
   *
   * @throws DatasetException if it cannot be read, an event stands in it twice, a concentration or
   *     radius is none, or it has more than {@link #ROW_COUNT_MAX} rows
   */
  public static PredictionTable read(String name, Path file) {
    return read(name, file, ROW_COUNT_MAX);
  }

  static PredictionTable read(String name, Path file, int rowCountMax) {
    PredictionTable table = new PredictionTable(name, file, rowCountMax);
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      try (SubmissionReader reader = SubmissionReader.open(file)) {
        for (var row = reader.next(); row != null; row = reader.next()) {
          table.add(row.eventId(), row.azimuthRad(), row.zenithRad());
        }
      }
      return table;
    }
    try (PredictionReader reader = PredictionReader.open(file)) {
      for (var row = reader.next(); row != null; row = reader.next()) {
        int at = table.add(row.eventId(), row.azimuthRad(), row.zenithRad());
        table.kappa[at] = table.kappa(row.eventId(), row.kappa());
        table.radius50Rad[at] = table.radiusRad(row.eventId(), "radius50", row.radius50Rad());
        table.radius90Rad[at] = table.radiusRad(row.eventId(), "radius90", row.radius90Rad());
      }
    }
    return table;
  }

  /** Adds a row that tells no precision; returns its place. */
  private int add(long id, double azimuth, double zenith) {
    if (count == rowCountMax) {
      throw DatasetException.input(
          "%s: more than %,d predictions (expected: at most that); evaluate them in parts"
              .formatted(file, rowCountMax),
          null);
    }
    if (count == eventId.length) {
      grow(2 * count);
    }
    int slot = slotOf(id);
    if (slots[slot] != NONE) {
      throw wrong(id, "two predictions", "one", "remove one of them");
    }
    slots[slot] = count;
    eventId[count] = id;
    azimuthRad[count] = azimuth;
    zenithRad[count] = zenith;
    kappa[count] = Float.NaN;
    radius50Rad[count] = Float.NaN;
    radius90Rad[count] = Float.NaN;
    return count++;
  }

  private DatasetException wrong(long id, String found, String expected, String remedy) {
    return DatasetException.input(
        "%s: event %d: %s (expected: %s); %s".formatted(file, id, found, expected, remedy), null);
  }

  /** NaN says the same as an empty cell, as writers of floating columns have no other way. */
  private float kappa(long id, OptionalDouble told) {
    double value = told.orElse(Double.NaN);
    if (value < 0 || value > Float.MAX_VALUE) {
      throw wrong(id, "kappa " + value, "finite and >= 0", "leave the cell empty if not known");
    }
    return (float) value;
  }

  private float radiusRad(long id, String column, OptionalDouble told) {
    double value = told.orElse(Double.NaN);
    if (value <= 0 || value > Math.PI) {
      throw wrong(
          id, column + " " + value, "above 0, at most pi rad", "leave the cell empty if not known");
    }
    return (float) value;
  }

  private void grow(int length) {
    eventId = Arrays.copyOf(eventId, length);
    azimuthRad = Arrays.copyOf(azimuthRad, length);
    zenithRad = Arrays.copyOf(zenithRad, length);
    kappa = Arrays.copyOf(kappa, length);
    radius50Rad = Arrays.copyOf(radius50Rad, length);
    radius90Rad = Arrays.copyOf(radius90Rad, length);
    slots = emptySlots(length);
    for (int row = 0; row < count; row++) {
      slots[slotOf(eventId[row])] = row;
    }
  }

  /** Twice as many as rows, a power of two, so that at most half of them are taken. */
  private static int[] emptySlots(int rows) {
    int[] slots = new int[2 * rows];
    Arrays.fill(slots, NONE);
    return slots;
  }

  /** The slot of an event, or the free one where it belongs. */
  private int slotOf(long id) {
    int mask = slots.length - 1;
    long mixed = (id ^ (id >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (slots[slot] != NONE && eventId[slots[slot]] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The row of an event, which counts as found from now on; negative if there is none. */
  int find(long id) {
    int row = slots[slotOf(id)];
    if (row != NONE) {
      found.set(row);
    }
    return row;
  }

  /** Predictions of which {@link #find} was never asked. */
  long foreignCount() {
    return count - (long) found.cardinality();
  }

  /** Who made the predictions. */
  public String name() {
    return name;
  }

  Path file() {
    return file;
  }

  int count() {
    return count;
  }

  double azimuthRad(int row) {
    return azimuthRad[row];
  }

  double zenithRad(int row) {
    return zenithRad[row];
  }

  /** Concentration; NaN if it is absent. */
  float kappa(int row) {
    return kappa[row];
  }

  /** Radius that is said to hold the truth in half of the cases, rad; NaN if it is absent. */
  float radius50Rad(int row) {
    return radius50Rad[row];
  }

  /** The same in 90 % of the cases. */
  float radius90Rad(int row) {
    return radius90Rad[row];
  }
}
