// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Writes rows of one type to a Parquet file: SNAPPY, dictionaries, the same bytes for the same
 * rows. Holds one row group. Confined to one thread.
 *
 * @param <T> what a row is made of
 */
final class ParquetRows<T> implements AutoCloseable {
  /** When a row group is full; it is held in memory until then, compressed. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final WholeFile file;
  private final ParquetWriter<T> writer;
  private final Map<String, String> notes;
  private boolean failed;
  private boolean closed;

  private ParquetRows(WholeFile file, ParquetWriter<T> writer, Map<String, String> notes) {
    this.file = file;
    this.writer = writer;
    this.notes = notes;
  }

  /**
   * Opens a file for rows that {@code cells} puts into a record of {@code schema}.
   *
   * @param metadata key-value metadata of the file
   */
  static <T> ParquetRows<T> create(
      Path target,
      MessageType schema,
      Map<String, String> metadata,
      BiConsumer<RecordConsumer, T> cells) {
    return create(target, schema, metadata, List.of(), cells);
  }

  /**
   * The same with columns of blocks of bytes, no two alike: they get neither dictionary nor
   * statistics, which would cost time and tell nothing.
   */
  static <T> ParquetRows<T> create(
      Path target,
      MessageType schema,
      Map<String, String> metadata,
      List<String> blockColumns,
      BiConsumer<RecordConsumer, T> cells) {
    WholeFile file = WholeFile.at(target);
    Map<String, String> notes = new LinkedHashMap<>(metadata);
    try {
      Builder<T> builder =
          new Builder<>(new LocalOutputFile(file.part()), schema, notes, cells)
              .withConf(new PlainParquetConfiguration())
              .withCompressionCodec(CompressionCodecName.SNAPPY)
              .withRowGroupSize(ROW_GROUP_BYTES);
      for (String column : blockColumns) {
        builder.withDictionaryEncoding(column, false).withStatisticsEnabled(column, false);
      }
      return new ParquetRows<>(file, builder.build(), notes);
    } catch (IOException e) {
      throw WholeFile.unwritable(target, e);
    }
  }

  /** Adds to the metadata of the file what is known only once its rows are. */
  void note(String key, String value) {
    notes.put(key, value);
  }

  void write(T row) {
    boolean written = false;
    try {
      writer.write(row);
      written = true;
    } catch (IOException e) {
      throw WholeFile.unwritable(file.target(), e);
    } finally {
      failed |= !written;
    }
  }

  /** Gives up: the file will not appear. */
  void abandon() {
    failed = true;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean whole = false;
    try {
      writer.close();
      whole = !failed;
    } catch (IOException e) {
      throw WholeFile.unwritable(file.target(), e);
    } finally {
      if (!whole) {
        file.abandon();
      }
    }
    if (whole) {
      file.complete();
    }
  }

  private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
    private final Cells<T> cells;

    Builder(
        OutputFile file,
        MessageType schema,
        Map<String, String> metadata,
        BiConsumer<RecordConsumer, T> cells) {
      super(file);
      this.cells = new Cells<>(schema, metadata, cells);
    }

    @Override
    protected Builder<T> self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the base class, so it must be there
    protected WriteSupport<T> getWriteSupport(Configuration configuration) {
      return cells;
    }

    @Override
    protected WriteSupport<T> getWriteSupport(ParquetConfiguration configuration) {
      return cells;
    }
  }

  private static final class Cells<T> extends WriteSupport<T> {
    private final MessageType schema;
    private final Map<String, String> metadata;
    private final BiConsumer<RecordConsumer, T> cells;
    private RecordConsumer consumer;

    @SuppressWarnings("NullAway.Init") // prepareForWrite brings the consumer
    Cells(MessageType schema, Map<String, String> metadata, BiConsumer<RecordConsumer, T> cells) {
      this.schema = schema;
      this.metadata = metadata;
      this.cells = cells;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the base class, so it must be there
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
      return new FinalizedWriteContext(metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(T row) {
      consumer.startMessage();
      cells.accept(consumer, row);
      consumer.endMessage();
    }
  }
}
