// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes {@code predictions.parquet}: all that is known of every prediction, one row each. Holds
 * one row group. Confined to one thread.
 */
public final class PredictionWriter implements AutoCloseable {
  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named("event_id")
          .required(PrimitiveTypeName.DOUBLE)
          .named("azimuth")
          .required(PrimitiveTypeName.DOUBLE)
          .named("zenith")
          .required(PrimitiveTypeName.DOUBLE)
          .named("x")
          .required(PrimitiveTypeName.DOUBLE)
          .named("y")
          .required(PrimitiveTypeName.DOUBLE)
          .named("z")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("kappa")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("radius50")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("radius90")
          .required(PrimitiveTypeName.INT32)
          .named("pulses_seen")
          .required(PrimitiveTypeName.INT32)
          .named("pulses_used")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("model_name")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("model_version")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("quality")
          .named("schema");

  private final ParquetRows<PredictionRow> rows;

  private PredictionWriter(ParquetRows<PredictionRow> rows) {
    this.rows = rows;
  }

  /**
   * Opens a file; it appears when the writer is closed.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static PredictionWriter create(Path file) {
    return new PredictionWriter(
        ParquetRows.create(file, SCHEMA, Map.of(), PredictionWriter::cells));
  }

  /**
   * Writes all rows in their order.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static void write(Path file, List<PredictionRow> rows) {
    try (PredictionWriter out = create(file)) {
      rows.forEach(out::write);
    }
  }

  /** Writes one prediction. */
  public void write(PredictionRow row) {
    rows.write(row);
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

  private static void cells(RecordConsumer row, PredictionRow prediction) {
    Direction direction = Direction.ofAngles(prediction.azimuthRad(), prediction.zenithRad());
    row.startField("event_id", 0);
    row.addLong(prediction.eventId());
    row.endField("event_id", 0);
    number(row, 1, prediction.azimuthRad());
    number(row, 2, prediction.zenithRad());
    number(row, 3, direction.x());
    number(row, 4, direction.y());
    number(row, 5, direction.z());
    optional(row, 6, prediction.kappa());
    optional(row, 7, prediction.radius50Rad());
    optional(row, 8, prediction.radius90Rad());
    count(row, 9, prediction.pulsesSeen());
    count(row, 10, prediction.pulsesUsed());
    text(row, 11, prediction.modelName());
    text(row, 12, prediction.modelVersion());
    text(row, 13, prediction.quality());
  }

  private static void optional(RecordConsumer row, int column, OptionalDouble value) {
    if (value.isPresent()) {
      number(row, column, value.getAsDouble());
    }
  }

  private static void number(RecordConsumer row, int column, double value) {
    String name = SCHEMA.getFieldName(column);
    row.startField(name, column);
    row.addDouble(value);
    row.endField(name, column);
  }

  private static void count(RecordConsumer row, int column, int value) {
    String name = SCHEMA.getFieldName(column);
    row.startField(name, column);
    row.addInteger(value);
    row.endField(name, column);
  }

  private static void text(RecordConsumer row, int column, String value) {
    String name = SCHEMA.getFieldName(column);
    row.startField(name, column);
    row.addBinary(Binary.fromString(value));
    row.endField(name, column);
  }
}
