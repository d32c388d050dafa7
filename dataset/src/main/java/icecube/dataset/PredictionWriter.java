// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  private static void cells(RecordConsumer out, PredictionRow prediction) {
    var cells = new RowCells(out, SCHEMA);
    Direction direction = Direction.ofAngles(prediction.azimuthRad(), prediction.zenithRad());
    cells.add(0, prediction.eventId());
    cells.add(1, prediction.azimuthRad());
    cells.add(2, prediction.zenithRad());
    cells.add(3, direction.x());
    cells.add(4, direction.y());
    cells.add(5, direction.z());
    prediction.kappa().ifPresent(kappa -> cells.add(6, kappa));
    prediction.radius50Rad().ifPresent(radius -> cells.add(7, radius));
    prediction.radius90Rad().ifPresent(radius -> cells.add(8, radius));
    cells.add(9, prediction.pulsesSeen());
    cells.add(10, prediction.pulsesUsed());
    cells.add(11, Binary.fromString(prediction.modelName()));
    cells.add(12, Binary.fromString(prediction.modelVersion()));
    cells.add(13, Binary.fromString(prediction.quality()));
  }
}
