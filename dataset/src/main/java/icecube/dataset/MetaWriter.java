// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes {@code train_meta.parquet}: where each event's pulses are and where it came from; angles
 * are null where the truth is not known. On demand with the trigger times in a column of their own,
 * which readers of the competition's files pass over. Confined to one thread.
 */
public final class MetaWriter implements AutoCloseable {
  private static final int TIME_COLUMN = 6;

  private static final MessageType SCHEMA = columns().named("schema");

  private static final MessageType SCHEMA_WITH_TIMES =
      columns().optional(PrimitiveTypeName.INT64).named(MetaRows.TRIGGER_TIME).named("schema");

  private final ParquetRows<MetaRow> rows;

  private MetaWriter(ParquetRows<MetaRow> rows) {
    this.rows = rows;
  }

  private static Types.GroupBuilder<MessageType> columns() {
    return Types.buildMessage()
        .optional(PrimitiveTypeName.INT64)
        .named("batch_id")
        .optional(PrimitiveTypeName.INT64)
        .named("event_id")
        .optional(PrimitiveTypeName.INT64)
        .named("first_pulse_index")
        .optional(PrimitiveTypeName.INT64)
        .named("last_pulse_index")
        .optional(PrimitiveTypeName.DOUBLE)
        .named("azimuth")
        .optional(PrimitiveTypeName.DOUBLE)
        .named("zenith");
  }

  /**
   * Opens a meta file; it appears when the writer is closed.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static MetaWriter create(Path file) {
    return new MetaWriter(ParquetRows.create(file, SCHEMA, Map.of(), MetaWriter::cells));
  }

  /**
   * The same with a column {@value MetaRows#TRIGGER_TIME}: ns since the first event of the data
   * set.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static MetaWriter createWithTriggerTimes(Path file) {
    return new MetaWriter(
        ParquetRows.create(
            file,
            SCHEMA_WITH_TIMES,
            Map.of(),
            (row, meta) -> {
              cells(row, meta);
              time(row, meta);
            }));
  }

  private static void time(RecordConsumer row, MetaRow meta) {
    if (meta.triggerTimeNs() != null) {
      row.startField(MetaRows.TRIGGER_TIME, TIME_COLUMN);
      row.addLong(meta.triggerTimeNs());
      row.endField(MetaRows.TRIGGER_TIME, TIME_COLUMN);
    }
  }

  private static void cells(RecordConsumer row, MetaRow meta) {
    long[] integers = {
      meta.batchId(), meta.eventId(), meta.firstPulseIndex(), meta.lastPulseIndex()
    };
    for (int column = 0; column < integers.length; column++) {
      String name = SCHEMA.getFieldName(column);
      row.startField(name, column);
      row.addLong(integers[column]);
      row.endField(name, column);
    }
    if (meta.truth() != null) {
      row.startField("azimuth", 4);
      row.addDouble(meta.truth().azimuthRad());
      row.endField("azimuth", 4);
      row.startField("zenith", 5);
      row.addDouble(meta.truth().zenithRad());
      row.endField("zenith", 5);
    }
  }

  /** Writes one event's row. */
  public void write(MetaRow row) {
    rows.write(row);
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
