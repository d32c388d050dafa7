// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * A way to store a batch that a reader must take: written by parquet-hadoop's own writer, so that
 * reader and writer share no code.
 */
record Variant(
    String schema,
    WriterVersion version,
    CompressionCodecName codec,
    boolean dictionary,
    boolean byteStreamSplit,
    int rowGroupRows,
    int pageRows) {
  static final String KAGGLE =
      "optional int32 sensor_id (INTEGER(16,true)); optional int64 time; optional double charge;"
          + " optional boolean auxiliary; optional int64 event_id";

  static Variant kaggle() {
    return new Variant(
        KAGGLE,
        WriterVersion.PARQUET_1_0,
        CompressionCodecName.SNAPPY,
        true,
        false,
        Integer.MAX_VALUE,
        20_000);
  }

  Variant columns(String columns) {
    return new Variant(
        columns, version, codec, dictionary, byteStreamSplit, rowGroupRows, pageRows);
  }

  Variant secondVersion() {
    return new Variant(
        schema,
        WriterVersion.PARQUET_2_0,
        codec,
        dictionary,
        byteStreamSplit,
        rowGroupRows,
        pageRows);
  }

  Variant codec(CompressionCodecName name) {
    return new Variant(schema, version, name, dictionary, byteStreamSplit, rowGroupRows, pageRows);
  }

  Variant withoutDictionary() {
    return new Variant(schema, version, codec, false, byteStreamSplit, rowGroupRows, pageRows);
  }

  Variant split() {
    return new Variant(schema, version, codec, false, true, rowGroupRows, pageRows);
  }

  Variant rows(int inRowGroup, int inPage) {
    return new Variant(schema, version, codec, dictionary, byteStreamSplit, inRowGroup, inPage);
  }

  MessageType type() {
    return MessageTypeParser.parseMessageType("message schema { " + schema + "; }");
  }

  /** Writes the events; columns that a pulse does not have are left null. */
  Path write(Path file, List<Event> events) {
    MessageType type = type();
    try (var writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(type)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withWriterVersion(version)
            .withCompressionCodec(codec)
            .withCodecFactory(new Codecs())
            .withDictionaryEncoding(dictionary)
            .withByteStreamSplitEncoding(byteStreamSplit)
            .withRowGroupRowCountLimit(rowGroupRows)
            .withPageRowCountLimit(pageRows)
            .build()) {
      for (Event event : events) {
        for (int pulse = 0; pulse < event.pulses().count(); pulse++) {
          writer.write(row(type, event, pulse));
        }
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Group row(MessageType type, Event event, int pulse) {
    PulseSeries pulses = event.pulses();
    Group row = new SimpleGroup(type);
    for (var field : type.getFields()) {
      String name = field.getName();
      switch (name) {
        case "event_id" -> put(row, name, (double) event.id());
        case "sensor_id" -> put(row, name, pulses.sensorId(pulse));
        case "time" -> put(row, name, pulses.timeNs(pulse));
        case "charge" -> put(row, name, pulses.chargePe(pulse));
        case "auxiliary" -> put(row, name, pulses.auxiliary(pulse) ? 1 : 0);
        default -> {}
      }
    }
    return row;
  }

  private static void put(Group row, String name, double value) {
    if (row.getType().getType(name).isRepetition(org.apache.parquet.schema.Type.Repetition.OPTIONAL)
        && Double.isNaN(value)) {
      return;
    }
    switch (row.getType().getType(name).asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> row.add(name, (int) value);
      case INT64 -> row.add(name, (long) value);
      case FLOAT -> row.add(name, (float) value);
      case DOUBLE -> row.add(name, value);
      case BOOLEAN -> row.add(name, value != 0);
      case BINARY -> row.add(name, String.valueOf(value));
      default -> throw new IllegalArgumentException(name);
    }
  }

  /** The library's codecs, and GZIP, which it takes from Hadoop. */
  private static final class Codecs implements CompressionCodecFactory {
    private final CodecFactory others = new CodecFactory(new PlainParquetConfiguration(), 1 << 20);

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      return name == CompressionCodecName.GZIP ? new Gzip() : others.getCompressor(name);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      return others.getDecompressor(name);
    }

    @Override
    public void release() {
      others.release();
    }
  }

  private static final class Gzip implements CompressionCodecFactory.BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      var out = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(out)) {
        bytes.writeAllTo(gzip);
      }
      return BytesInput.from(out.toByteArray());
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.GZIP;
    }

    @Override
    public void release() {}
  }
}
