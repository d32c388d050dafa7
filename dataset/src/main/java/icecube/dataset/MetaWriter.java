// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes {@code train_meta.parquet}: where each event's pulses are and where it came from; angles
 * are null where the truth is not known. On demand with the trigger times, or with all that a
 * simulation knows, in columns of their own, which readers of the competition's files pass over.
 * Confined to one thread.
 */
public final class MetaWriter implements AutoCloseable {
  private static final int TIME_COLUMN = 6;
  private static final int ENERGY_COLUMN = 7;
  private static final int TRACK_COLUMN = 8;

  private static final MessageType SCHEMA = columns().named("schema");

  private static final MessageType SCHEMA_WITH_TIMES =
      columns().optional(PrimitiveTypeName.INT64).named(MetaRows.TRIGGER_TIME).named("schema");

  private static final MessageType SCHEMA_OF_SIMULATED =
      columns()
          .optional(PrimitiveTypeName.INT64)
          .named(MetaRows.TRIGGER_TIME)
          .optional(PrimitiveTypeName.DOUBLE)
          .named(MetaRows.ENERGY)
          .optional(PrimitiveTypeName.BOOLEAN)
          .named(MetaRows.TRACK)
          .named("schema");

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

  /**
   * The same with the columns {@value MetaRows#TRIGGER_TIME}, {@value MetaRows#ENERGY} and {@value
   * MetaRows#TRACK}: all that a simulation knows of its events. Every row must have an energy and a
   * shape.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static MetaWriter createSimulated(Path file) {
    return new MetaWriter(
        ParquetRows.create(
            file,
            SCHEMA_OF_SIMULATED,
            Map.of(),
            (row, meta) -> {
              cells(row, meta);
              time(row, meta);
              shape(row, meta);
            }));
  }

  private static void shape(RecordConsumer row, MetaRow meta) {
    double energyGev = requireNonNull(meta.energyGev(), "energyGev");
    boolean isTrack = requireNonNull(meta.isTrack(), "isTrack");
    row.startField(MetaRows.ENERGY, ENERGY_COLUMN);
    row.addDouble(energyGev);
    row.endField(MetaRows.ENERGY, ENERGY_COLUMN);
    row.startField(MetaRows.TRACK, TRACK_COLUMN);
    row.addBoolean(isTrack);
    row.endField(MetaRows.TRACK, TRACK_COLUMN);
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
