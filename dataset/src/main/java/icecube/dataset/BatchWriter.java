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
 * Writes {@code batch_N.parquet} with the columns and types of the competition's own files: sensors
 * as int16, times as whole ns, charges as doubles that hold a float32, {@code event_id} last and
 * named as pandas' index. The same events make the same bytes. Confined to one thread.
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

  /** So that {@code pandas.read_parquet} gives an index of event ids, as of the originals. */
  private static final Map<String, String> PANDAS =
      Map.of(
          "pandas",
          "{\"index_columns\": [\"event_id\"], \"column_indexes\": [], \"columns\": ["
              + pandasColumn("sensor_id", "int16")
              + ", "
              + pandasColumn("time", "int64")
              + ", "
              + pandasColumn("charge", "float64")
              + ", "
              + pandasColumn("auxiliary", "bool")
              + ", "
              + pandasColumn("event_id", "int64")
              + "], \"creator\": {\"library\": \"icecube\", \"version\": \"1\"},"
              + " \"pandas_version\": \"1.4.1\"}");

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
    return new BatchWriter(ParquetRows.create(file, SCHEMA, PANDAS, BatchWriter::cells));
  }

  private static String pandasColumn(String name, String type) {
    return "{\"name\": \"%s\", \"field_name\": \"%s\", \"pandas_type\": \"%s\", \"numpy_type\": \"%s\", \"metadata\": null}"
        .formatted(name, name, type, type);
  }

  private static void cells(RecordConsumer row, Pulse pulse) {
    PulseSeries pulses = pulse.pulses;
    int index = pulse.index;
    row.startField("sensor_id", 0);
    row.addInteger(int16(pulses.sensorId(index)));
    row.endField("sensor_id", 0);
    row.startField("time", 1);
    row.addLong(wholeNs(pulses.timeNs(index)));
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

  private static int int16(int sensorId) {
    if (sensorId != (short) sensorId) {
      throw new IllegalArgumentException(
          "sensor_id: " + sensorId + " (expected: -32768..32767, the format's int16)");
    }
    return sensorId;
  }

  private static long wholeNs(float timeNs) {
    if (!Float.isFinite(timeNs)) {
      throw new IllegalArgumentException("time: " + timeNs + " (expected: finite ns)");
    }
    return Math.round((double) timeNs);
  }

  /**
   * Writes the pulses of one event; an event without pulses leaves no row.
   *
   * @throws IllegalArgumentException if a sensor or a time cannot be told in the format; the file
   *     then does not appear
   * @throws DatasetException if the place cannot be written
   */
  public void write(Event event) {
    pulse.eventId = event.id();
    pulse.pulses = event.pulses();
    for (pulse.index = 0; pulse.index < event.pulses().count(); pulse.index++) {
      rows.write(pulse);
    }
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
