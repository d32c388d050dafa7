// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.SchemaElement;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file as a few named flat columns that are read side by side, some rows at a time.
 *
 * <p>Holds one page of each column (at most {@link ChunkPages#PAGE_SIZE_MAX} bytes, commonly 1 MiB)
 * and never a row group, because Kaggle's writer makes one row group of 67 million rows. Every
 * length that stands in the file is checked before memory is taken for it. Confined to one thread.
 */
final class ParquetTable implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ParquetFooter footer;
  private final List<ColumnCursor> columns;
  private long rowsLeft;

  private ParquetTable(
      Path file, FileChannel channel, ParquetFooter footer, List<ColumnCursor> columns) {
    this.file = file;
    this.channel = channel;
    this.footer = footer;
    this.columns = columns;
    this.rowsLeft = footer.rowCount();
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

    private boolean accepts(ValueType type) {
      return switch (type) {
        case BOOLEAN -> this == FLAG;
        case INT32, INT64 -> this == INTEGER || this == NUMBER;
        case FLOAT, DOUBLE -> this == NUMBER;
      };
    }
  }

  /** Opens a file and checks its footer before anything is allocated for its rows. */
  static ParquetTable open(Path file, Map<String, ColumnKind> wanted) {
    requireReadable(file);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      ParquetFooter footer = ParquetFooter.read(channel);
      var columns = new ArrayList<ColumnCursor>();
      for (var column : wanted.entrySet()) {
        ValueType type = typeOf(file, footer, column.getKey(), column.getValue(), wanted.keySet());
        columns.add(new ColumnCursor(channel, footer, column.getKey(), type));
        for (int group = 0; group < footer.rowGroupCount(); group++) {
          footer.chunk(group, column.getKey());
        }
      }
      return new ParquetTable(file, channel, footer, List.copyOf(columns));
    } catch (IOException | RuntimeException e) {
      close(channel, e);
      throw damaged(file, "footer", e);
    }
  }

  static void requireReadable(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw DatasetException.input(
          file + ": not there (expected: a file that can be read); check the path", null);
    }
  }

  private static void close(@Nullable FileChannel channel, Exception failure) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private static ValueType typeOf(
      Path file, ParquetFooter footer, String name, ColumnKind kind, Set<String> wanted) {
    SchemaElement element = footer.columns().get(name);
    if (element == null) {
      throw DatasetException.input(
          "%s: column %s is missing (expected: %s; found: %s)"
              .formatted(
                  file,
                  name,
                  String.join(", ", wanted),
                  String.join(", ", footer.columns().keySet())),
          null);
    }
    ValueType type = ValueType.of(element.getType()).orElse(null);
    boolean isList = element.getRepetition_type() == FieldRepetitionType.REPEATED;
    if (type == null || isList || !kind.accepts(type)) {
      throw DatasetException.input(
          "%s: column %s: %s%s (expected: %s); write it again with that type"
              .formatted(file, name, isList ? "list of " : "", element.getType(), kind.expectation),
          null);
    }
    return type;
  }

  static DatasetException damaged(Path file, String part, Exception cause) {
    if (cause instanceof DatasetException known) {
      return known;
    }
    String found = cause instanceof IOException ? cause.getMessage() : cause.toString();
    String expectation =
        cause instanceof ColumnCursor.NullCell
            ? "a value in every row); drop the row or fill it"
            : "a whole Parquet file); fetch or write it again";
    return DatasetException.input(
        "%s: %s: %s (expected: %s".formatted(file, part, found, expectation), cause);
  }

  /** The names of all columns of a file. */
  static Set<String> columnsOf(Path file) {
    try (ParquetTable table = open(file, Map.of())) {
      return Set.copyOf(table.footer.columns().keySet());
    }
  }

  /** Rows of the whole file. */
  long rowCount() {
    return footer.rowCount();
  }

  /**
   * Takes the next rows, {@code max} at most; each wanted column must then be read by exactly as
   * many. Returns 0 at the end.
   */
  int take(int max) {
    int count = (int) Math.min(max, rowsLeft);
    rowsLeft -= count;
    return count;
  }

  /** The next {@code count} whole numbers or flags of a column, by its place among the wanted. */
  void longs(int column, long[] out, int count) {
    ColumnCursor cursor = columns.get(column);
    try {
      cursor.longs(out, count);
    } catch (IOException | RuntimeException e) {
      throw damaged(file, "column " + cursor.name(), e);
    }
  }

  /** The next {@code count} numbers of a column, by its place among the wanted. */
  void doubles(int column, double[] out, int count) {
    ColumnCursor cursor = columns.get(column);
    try {
      cursor.doubles(out, count);
    } catch (IOException | RuntimeException e) {
      throw damaged(file, "column " + cursor.name(), e);
    }
  }

  /** Goes on at a row that is not behind; pages between are not read. */
  void seek(long row) {
    for (ColumnCursor cursor : columns) {
      try {
        cursor.skip(row - cursor.row());
      } catch (IOException | RuntimeException e) {
        throw damaged(file, "column " + cursor.name(), e);
      }
    }
    rowsLeft = rowCount() - row;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw damaged(file, "close", e);
    }
  }
}
