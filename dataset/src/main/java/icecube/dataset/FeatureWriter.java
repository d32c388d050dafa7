// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes {@code features/batch_N.parquet}: what a model is given of each event, one row an event,
 * and the truth where it is known.
 *
 * <p>{@code features} holds the rows of the event as they are in a {@code FeatureBatch}: row after
 * row of {@link FeatureTable#COLUMN_COUNT} little-endian float32, {@code row_count} rows. The
 * metadata of the file says how they were made ({@link #VERSION_KEY}, {@link #GEOMETRY_KEY}, {@link
 * #ROW_COUNT_MAX_KEY}). Holds one row group of some 32 MiB. Confined to one thread.
 */
public final class FeatureWriter implements AutoCloseable {
  /** The definition of the columns, {@link FeatureTable#VERSION}. */
  public static final String VERSION_KEY = "icecube.feature_version";

  /** The detector, {@code name@hash}. */
  public static final String GEOMETRY_KEY = "icecube.geometry";

  /** The most rows an event was given. */
  public static final String ROW_COUNT_MAX_KEY = "icecube.row_count_max";

  private static final int ROW_BYTES = FeatureTable.COLUMN_COUNT * Float.BYTES;

  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named("event_id")
          .required(PrimitiveTypeName.INT32)
          .named("pulses_seen")
          .required(PrimitiveTypeName.INT32)
          .named("row_count")
          .required(PrimitiveTypeName.INT32)
          .named("quality")
          .required(PrimitiveTypeName.BINARY)
          .named("features")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("azimuth")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("zenith")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("energy_gev")
          .optional(PrimitiveTypeName.BOOLEAN)
          .named("is_track")
          .named("schema");

  /** An event of a table and what the meta says of it. */
  private record Row(FeatureTable table, int event, BatchEvents.Entry entry) {}

  private final ParquetRows<Row> rows;

  private FeatureWriter(ParquetRows<Row> rows) {
    this.rows = rows;
  }

  /**
   * Opens a file; it appears when the writer is closed.
   *
   * @param geometry the detector whose places the features hold
   * @param rowCountMax the most rows of an event
   * @throws DatasetException if the place cannot be written
   */
  public static FeatureWriter create(Path file, String geometry, int rowCountMax) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(VERSION_KEY, Integer.toString(FeatureTable.VERSION));
    metadata.put(GEOMETRY_KEY, geometry);
    metadata.put(ROW_COUNT_MAX_KEY, Integer.toString(rowCountMax));
    return new FeatureWriter(
        ParquetRows.create(file, SCHEMA, metadata, List.of("features"), FeatureWriter::cells));
  }

  private static void cells(RecordConsumer out, Row row) {
    var cells = new RowCells(out, SCHEMA);
    FeatureTable table = row.table();
    int event = row.event();
    cells.add(0, table.eventId(event));
    cells.add(1, table.pulsesSeen(event));
    cells.add(2, table.rowCount(event));
    cells.add(3, table.qualityBits(event));
    ByteBuffer bytes =
        ByteBuffer.allocate(table.rowCount(event) * ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    table.copyRows(event, bytes.asFloatBuffer());
    cells.add(4, Binary.fromConstantByteArray(bytes.array()));
    Direction truth = row.entry().truth();
    if (truth != null) {
      cells.add(5, truth.azimuthRad());
      cells.add(6, truth.zenithRad());
    }
    Double energyGev = row.entry().energyGev();
    if (energyGev != null) {
      cells.add(7, energyGev.doubleValue());
    }
    Boolean isTrack = row.entry().isTrack();
    if (isTrack != null) {
      cells.add(8, isTrack.booleanValue());
    }
  }

  /**
   * Writes one event.
   *
   * @param event its place in {@code table}
   * @param entry the same event with what the meta says of it
   * @throws DatasetException if the place cannot be written
   */
  public void write(FeatureTable table, int event, BatchEvents.Entry entry) {
    rows.write(new Row(table, event, entry));
  }

  /** Adds to the metadata of the file, until it is closed. */
  public void note(String key, String value) {
    rows.note(key, value);
  }

  /** Gives up: the file will not appear. */
  public void abandon() {
    rows.abandon();
  }

  /** Puts the file in its place, unless the writing of it failed or was given up. */
  @Override
  public void close() {
    rows.close();
  }
}
