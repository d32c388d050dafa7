// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;

/**
 * The footer of a Parquet file: which flat columns it has and where their bytes lie, checked before
 * anything is allocated for the rows.
 */
final class ParquetFooter {
  /** The most bytes of a footer; a thousand row groups of ten columns take one million. */
  static final int SIZE_MAX = 8 << 20;

  /** The most rows of a file; the largest known, Kaggle's training meta, has 131,953,924. */
  static final long ROW_COUNT_MAX = 1L << 31;

  /** How much larger than the file its pages may claim to be, beside {@link #SLACK_BYTES}. */
  static final int EXPANSION_MAX = 20;

  /** So that small files of constant columns are not refused for their ratio. */
  static final long SLACK_BYTES = 64L << 20;

  private static final int MAGIC_SIZE = 4;
  private static final String MAGIC = "PAR1";

  private final List<RowGroup> rowGroups;
  private final Map<String, SchemaElement> columns;
  private final Map<String, String> notes;
  private final long dataEnd;
  private final long rowCount;

  private ParquetFooter(FileMetaData footer, long fileSize, long dataEnd) throws IOException {
    this.rowGroups = footer.getRow_groups();
    this.columns = flatColumns(footer.getSchema());
    this.notes = notesOf(footer);
    this.dataEnd = dataEnd;
    this.rowCount = checkedRowCount(fileSize);
  }

  static ParquetFooter read(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 3 * MAGIC_SIZE) {
      throw new IOException("size: " + size + " bytes (expected: 12 or more)");
    }
    ByteBuffer tail = read(channel, size - 2 * MAGIC_SIZE, 2 * MAGIC_SIZE);
    int footerSize = tail.getInt();
    String magic = magic(tail);
    if (!magic.equals(MAGIC) || !magic(read(channel, 0, MAGIC_SIZE)).equals(MAGIC)) {
      throw new IOException("no " + MAGIC + " at both ends");
    }
    long dataEnd = size - 2 * MAGIC_SIZE - footerSize;
    if (footerSize <= 0 || footerSize > SIZE_MAX || dataEnd < MAGIC_SIZE) {
      throw new IOException("footer: " + footerSize + " bytes (expected: 1.." + SIZE_MAX + ")");
    }
    byte[] bytes = read(channel, dataEnd, footerSize).array();
    return new ParquetFooter(ThriftBytes.footer(bytes).value(), size, dataEnd);
  }

  private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("ends at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip();
  }

  private static String magic(ByteBuffer buffer) {
    byte[] bytes = new byte[MAGIC_SIZE];
    buffer.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static Map<String, String> notesOf(FileMetaData footer) {
    var notes = new LinkedHashMap<String, String>();
    if (footer.isSetKey_value_metadata()) {
      footer
          .getKey_value_metadata()
          .forEach(note -> notes.put(note.getKey(), note.isSetValue() ? note.getValue() : ""));
    }
    return Collections.unmodifiableMap(notes);
  }

  /** The columns that stand directly under the root and are no groups. */
  private static Map<String, SchemaElement> flatColumns(List<SchemaElement> schema)
      throws IOException {
    var columns = new LinkedHashMap<String, SchemaElement>();
    int index = 1;
    while (index < schema.size()) {
      SchemaElement element = schema.get(index);
      if (element.isSetType()) {
        columns.put(element.getName(), element);
      }
      index = afterSubtree(schema, index);
    }
    return columns;
  }

  private static int afterSubtree(List<SchemaElement> schema, int index) throws IOException {
    int open = 1;
    int at = index;
    while (open > 0) {
      if (at >= schema.size()) {
        throw new IOException("schema of " + schema.size() + " elements ends inside a group");
      }
      open += Math.max(0, schema.get(at).getNum_children()) - 1;
      at++;
    }
    return at;
  }

  private long checkedRowCount(long fileSize) throws IOException {
    long rows = 0;
    long uncompressed = 0;
    for (RowGroup group : rowGroups) {
      if (group.getNum_rows() < 0 || group.getNum_rows() > ROW_COUNT_MAX - rows) {
        throw new IOException(
            "rows: %d after %d (expected: 0..%d in all)"
                .formatted(group.getNum_rows(), rows, ROW_COUNT_MAX));
      }
      rows += group.getNum_rows();
      for (ColumnChunk chunk : group.getColumns()) {
        uncompressed += Math.max(0, metaOf(chunk).getTotal_uncompressed_size());
        if (uncompressed < 0 || uncompressed > EXPANSION_MAX * fileSize + SLACK_BYTES) {
          throw new IOException(
              "uncompressed: %d bytes or more in a file of %d (expected: at most %d times as much)"
                  .formatted(uncompressed, fileSize, EXPANSION_MAX));
        }
      }
    }
    return rows;
  }

  private static ColumnMetaData metaOf(ColumnChunk chunk) throws IOException {
    if (!chunk.isSetMeta_data() || chunk.isSetFile_path()) {
      throw new IOException("column chunk without its own metadata, or encrypted");
    }
    return chunk.getMeta_data();
  }

  long rowCount() {
    return rowCount;
  }

  int rowGroupCount() {
    return rowGroups.size();
  }

  long rowCount(int rowGroup) {
    return rowGroups.get(rowGroup).getNum_rows();
  }

  /** What the writer says of the file, by name. */
  Map<String, String> notes() {
    return notes;
  }

  Map<String, SchemaElement> columns() {
    return columns;
  }

  boolean isOptional(String column) {
    SchemaElement element = columns.get(column);
    return element != null && element.getRepetition_type() == FieldRepetitionType.OPTIONAL;
  }

  /** Where the chunk of a column lies, checked against the schema and the file's size. */
  ColumnMetaData chunk(int rowGroup, String column) throws IOException {
    RowGroup group = rowGroups.get(rowGroup);
    for (ColumnChunk chunk : group.getColumns()) {
      ColumnMetaData meta = metaOf(chunk);
      if (meta.getPath_in_schema().equals(List.of(column))) {
        check(meta, group.getNum_rows(), column);
        return meta;
      }
    }
    throw new IOException("row group " + rowGroup + " lacks column " + column);
  }

  private void check(ColumnMetaData meta, long rows, String column) throws IOException {
    SchemaElement element = columns.get(column);
    if (element == null || meta.getType() != element.getType()) {
      throw new IOException("column " + column + ": chunk of type " + meta.getType());
    }
    if (meta.getNum_values() != rows) {
      throw new IOException(
          "column %s: %d values (expected: %d, one a row)"
              .formatted(column, meta.getNum_values(), rows));
    }
    long start = start(meta);
    long size = meta.getTotal_compressed_size();
    if (start < MAGIC_SIZE || size < 0 || size > dataEnd - start) {
      throw new IOException(
          "column %s: %d bytes from %d (expected: within %d..%d)"
              .formatted(column, size, start, MAGIC_SIZE, dataEnd));
    }
  }

  /** First byte of a chunk: its dictionary's, where it has one. Some writers state 0 for none. */
  static long start(ColumnMetaData meta) {
    long data = meta.getData_page_offset();
    long dictionary = meta.getDictionary_page_offset();
    return meta.isSetDictionary_page_offset() && dictionary > 0 && dictionary < data
        ? dictionary
        : data;
  }
}
