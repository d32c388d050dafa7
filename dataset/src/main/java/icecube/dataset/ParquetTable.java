// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file as a cursor over the rows of a few named flat columns. Holds the compressed pages
 * of one row group at a time. Confined to one thread.
 */
final class ParquetTable implements AutoCloseable {
  /** The most rows one file may state; Kaggle's largest, the training meta, has 131,953,924. */
  static final long ROW_COUNT_MAX = 1L << 31;

  /**
   * The most bytes one row group may state, compressed: it is held in memory whole. Kaggle's
   * batches have one row group of about 150 MB.
   */
  static final long ROW_GROUP_BYTES_MAX = 1L << 30;

  private final Path file;
  private final ParquetFileReader reader;
  private final MessageType schema;
  private final String createdBy;
  private final List<ColumnReader> columns = new ArrayList<>();
  private final List<ColumnDescriptor> descriptors = new ArrayList<>();
  private long rowsLeft;

  private ParquetTable(Path file, ParquetFileReader reader, Map<String, ColumnKind> wanted) {
    this.file = file;
    this.reader = reader;
    this.schema = projection(file, reader.getFooter().getFileMetaData().getSchema(), wanted);
    this.createdBy = reader.getFooter().getFileMetaData().getCreatedBy();
    reader.setRequestedSchema(schema);
    wanted.keySet().forEach(name -> descriptors.add(schema.getColumnDescription(path(name))));
  }

  /** What a column must hold. */
  enum ColumnKind {
    INTEGER("INT32 or INT64"),
    NUMBER("FLOAT, DOUBLE, INT32 or INT64"),
    FLAG("BOOLEAN");

    private final String expectation;

    ColumnKind(String expectation) {
      this.expectation = expectation;
    }

    private boolean accepts(PrimitiveTypeName type) {
      return switch (this) {
        case INTEGER -> type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.INT64;
        case NUMBER ->
            INTEGER.accepts(type)
                || type == PrimitiveTypeName.FLOAT
                || type == PrimitiveTypeName.DOUBLE;
        case FLAG -> type == PrimitiveTypeName.BOOLEAN;
      };
    }
  }

  /** Opens a file and checks its footer before anything is allocated for its rows. */
  static ParquetTable open(Path file, Map<String, ColumnKind> columns) {
    requireReadable(file);
    ParquetFileReader reader = null;
    try {
      reader =
          ParquetFileReader.open(
              new LocalInputFile(file),
              ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
      requireSaneFooter(file, reader);
      return new ParquetTable(file, reader, columns);
    } catch (IOException | RuntimeException e) {
      close(reader, e);
      throw asDatasetException(file, e);
    }
  }

  static void requireReadable(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw DatasetException.input(file + ": not there (expected: a file that can be read)", null);
    }
  }

  private static void close(@Nullable ParquetFileReader reader, Exception failure) {
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private static DatasetException asDatasetException(Path file, Exception failure) {
    return failure instanceof DatasetException dataset
        ? dataset
        : DatasetException.input(
            file
                + ": "
                + failure.getMessage()
                + " (expected: a whole Parquet file); fetch or write it again",
            failure);
  }

  private static void requireSaneFooter(Path file, ParquetFileReader reader) throws IOException {
    long fileBytes = Files.size(file);
    long rows = 0;
    for (BlockMetaData group : reader.getFooter().getBlocks()) {
      rows += group.getRowCount();
      if (group.getRowCount() < 0 || rows > ROW_COUNT_MAX) {
        throw DatasetException.input(
            file + ": " + rows + " rows stated (expected: 0.." + ROW_COUNT_MAX + ")", null);
      }
      long bytes = group.getCompressedSize();
      if (bytes < 0 || bytes > Math.min(fileBytes, ROW_GROUP_BYTES_MAX)) {
        throw DatasetException.input(
            file
                + ": row group of "
                + bytes
                + " bytes stated (expected: 0.."
                + Math.min(fileBytes, ROW_GROUP_BYTES_MAX)
                + ")",
            null);
      }
    }
  }

  private static MessageType projection(
      Path file, MessageType schema, Map<String, ColumnKind> wanted) {
    List<Type> fields = new ArrayList<>();
    wanted.forEach(
        (name, kind) -> {
          if (!schema.containsField(name)) {
            throw DatasetException.input(
                file
                    + ": column "
                    + name
                    + " is missing (expected: "
                    + String.join(", ", wanted.keySet())
                    + "; found: "
                    + names(schema)
                    + ")",
                null);
          }
          Type type = schema.getType(name);
          if (!type.isPrimitive()
              || type.isRepetition(Type.Repetition.REPEATED)
              || !kind.accepts(type.asPrimitiveType().getPrimitiveTypeName())) {
            throw DatasetException.input(
                file + ": column " + name + " is " + type + " (expected: " + kind.expectation + ")",
                null);
          }
          fields.add(type);
        });
    return new MessageType(schema.getName(), fields);
  }

  private static String names(MessageType schema) {
    return String.join(", ", schema.getFields().stream().map(Type::getName).toList());
  }

  private static String[] path(String name) {
    return new String[] {name};
  }

  /** Whether a file has a column. */
  static boolean hasColumn(Path file, String name) {
    try (ParquetTable table = open(file, new LinkedHashMap<>())) {
      return table.reader.getFooter().getFileMetaData().getSchema().containsField(name);
    }
  }

  /** Rows of the whole file. */
  long rowCount() {
    return reader.getRecordCount();
  }

  /** Moves to the next row; false at the end. Values are then read once each, by column. */
  boolean next() {
    try {
      while (rowsLeft == 0) {
        PageReadStore group = reader.readNextRowGroup();
        if (group == null) {
          return false;
        }
        rowsLeft = group.getRowCount();
        columns.clear();
        ColumnReadStoreImpl store =
            new ColumnReadStoreImpl(group, new NoConversion(schema), schema, createdBy);
        descriptors.forEach(descriptor -> columns.add(store.getColumnReader(descriptor)));
      }
      rowsLeft--;
      return true;
    } catch (IOException | RuntimeException e) {
      throw asDatasetException(file, e);
    }
  }

  /** The integer in a column of the current row. */
  long integer(int column) {
    ColumnReader reader = present(column);
    long value =
        descriptors.get(column).getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32
            ? reader.getInteger()
            : reader.getLong();
    reader.consume();
    return value;
  }

  /** The number in a column of the current row. */
  double number(int column) {
    ColumnReader reader = present(column);
    PrimitiveTypeName type = descriptors.get(column).getPrimitiveType().getPrimitiveTypeName();
    double value =
        type == PrimitiveTypeName.DOUBLE
            ? reader.getDouble()
            : type == PrimitiveTypeName.FLOAT
                ? reader.getFloat()
                : type == PrimitiveTypeName.INT32 ? reader.getInteger() : reader.getLong();
    reader.consume();
    return value;
  }

  /** The flag in a column of the current row. */
  boolean flag(int column) {
    ColumnReader reader = present(column);
    boolean value = reader.getBoolean();
    reader.consume();
    return value;
  }

  private ColumnReader present(int column) {
    ColumnReader reader = columns.get(column);
    ColumnDescriptor descriptor = descriptors.get(column);
    if (reader.getCurrentDefinitionLevel() < descriptor.getMaxDefinitionLevel()) {
      throw DatasetException.input(
          String.format(
              Locale.ROOT,
              "%s: column %s is null (expected: a value in every row)",
              file,
              descriptor.getPath()[0]),
          null);
    }
    return reader;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw asDatasetException(file, e);
    }
  }

  /** The column readers want converters for record assembly, which is not done here. */
  private static final class NoConversion extends GroupConverter {
    private final MessageType schema;

    NoConversion(MessageType schema) {
      this.schema = schema;
    }

    @Override
    public Converter getConverter(int field) {
      if (field >= schema.getFieldCount()) {
        throw new IllegalArgumentException(
            "field: " + field + " (expected: 0.." + (schema.getFieldCount() - 1) + ")");
      }
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
