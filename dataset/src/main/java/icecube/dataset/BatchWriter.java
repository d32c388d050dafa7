// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes {@code batch_N.parquet} with the columns and types of the competition's own files: times
 * as whole ns, charges as doubles that hold a float32. Confined to one thread.
 */
public final class BatchWriter implements AutoCloseable {
  private static final MessageType SCHEMA =
      Types.buildMessage()
          .optional(PrimitiveTypeName.INT32)
          .as(LogicalTypeAnnotation.intType(16, true))
          .named("sensor_id")
          .optional(PrimitiveTypeName.INT64)
          .named("time")
          .optional(PrimitiveTypeName.DOUBLE)
          .named("charge")
          .optional(PrimitiveTypeName.BOOLEAN)
          .named("auxiliary")
          .optional(PrimitiveTypeName.INT64)
          .named("event_id")
          .named("schema");

  private final ParquetRows<Pulse> rows;
  private final Pulse pulse = new Pulse();

  /** The row being written: one object for all of them. */
  private static final class Pulse {
    private long eventId;
    private PulseSeries pulses = PulseSeries.EMPTY;
    private int index;
  }

  private BatchWriter(ParquetRows<Pulse> rows) {
    this.rows = rows;
  }

  /**
   * Opens a batch file; it appears when the writer is closed.
   *
   * @throws DatasetException if the place cannot be written
   */
  public static BatchWriter create(Path file) {
    return new BatchWriter(ParquetRows.create(file, SCHEMA, Map.of(), BatchWriter::cells));
  }

  private static void cells(RecordConsumer row, Pulse pulse) {
    PulseSeries pulses = pulse.pulses;
    int index = pulse.index;
    row.startField("sensor_id", 0);
    row.addInteger(pulses.sensorId(index));
    row.endField("sensor_id", 0);
    row.startField("time", 1);
    row.addLong((long) pulses.timeNs(index));
    row.endField("time", 1);
    row.startField("charge", 2);
    row.addDouble(pulses.chargePe(index));
    row.endField("charge", 2);
    row.startField("auxiliary", 3);
    row.addBoolean(pulses.auxiliary(index));
    row.endField("auxiliary", 3);
    row.startField("event_id", 4);
    row.addLong(pulse.eventId);
    row.endField("event_id", 4);
  }

  /** Writes the pulses of one event; an event without pulses leaves no row. */
  public void write(Event event) {
    pulse.eventId = event.id();
    pulse.pulses = event.pulses();
    for (pulse.index = 0; pulse.index < event.pulses().count(); pulse.index++) {
      rows.write(pulse);
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
