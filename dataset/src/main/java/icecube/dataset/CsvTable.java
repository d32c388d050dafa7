// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file with a header line as a cursor over a few named columns, in whatever order they stand.
 * Holds one line. Confined to one thread.
 */
final class CsvTable implements AutoCloseable {
  private final Path file;
  private final CsvReader<CsvRecord> reader;
  private final CloseableIterator<CsvRecord> lines;
  private final List<String> header;
  private @Nullable CsvRecord line;

  private CsvTable(
      Path file,
      CsvReader<CsvRecord> reader,
      CloseableIterator<CsvRecord> lines,
      List<String> header) {
    this.file = file;
    this.reader = reader;
    this.lines = lines;
    this.header = header;
  }

  /** Opens a file that must have all of {@code columns}. */
  static CsvTable open(Path file, List<String> columns) {
    ParquetTable.requireReadable(file);
    try {
      CsvTable table =
          readHeader(file, CsvReader.builder().detectBomHeader(true).ofCsvRecord(file));
      for (String column : columns) {
        if (!table.header.contains(column)) {
          table.close();
          throw DatasetException.input(
              "%s: column %s is missing (expected: %s; found: %s)"
                  .formatted(
                      file, column, String.join(", ", columns), String.join(", ", table.header)),
              null);
        }
      }
      return table;
    } catch (IOException | UncheckedIOException | CsvParseException e) {
      throw unreadable(file, e);
    }
  }

  private static CsvTable readHeader(Path file, CsvReader<CsvRecord> reader) throws IOException {
    try {
      CloseableIterator<CsvRecord> lines = reader.iterator();
      List<String> header =
          lines.hasNext()
              ? lines.next().getFields().stream().map(String::strip).toList()
              : List.of();
      return new CsvTable(file, reader, lines, header);
    } catch (UncheckedIOException | CsvParseException e) {
      // A header that is no CSV must not keep the file open.
      reader.close();
      throw e;
    }
  }

  private static DatasetException unreadable(Path file, Exception cause) {
    String why = cause.getCause() == null ? "" : "; " + cause.getCause().getMessage();
    return DatasetException.input(
        "%s: %s%s (expected: CSV with a header line and as many cells in each line)"
            .formatted(file, cause.getMessage(), why),
        cause);
  }

  boolean hasColumn(String name) {
    return header.contains(name);
  }

  /** Position of a column, for the accessors below. */
  int indexOf(String column) {
    return header.indexOf(column);
  }

  /** Moves to the next line; false at the end. */
  boolean next() {
    try {
      if (!lines.hasNext()) {
        return false;
      }
      line = lines.next();
      return true;
    } catch (UncheckedIOException | CsvParseException e) {
      throw unreadable(file, e);
    }
  }

  /** The cell of a column in the current line, without blanks around it. */
  String text(int column) {
    if (line == null || column >= line.getFieldCount()) {
      throw wrong(column, "missing", "a value");
    }
    return line.getField(column).strip();
  }

  long integer(int column) {
    String text = text(column);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(column, text, "an integer");
    }
  }

  double number(int column) {
    String text = text(column);
    try {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "nan" -> Double.NaN;
        case "inf", "+inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw wrong(column, text, "a number");
    }
  }

  boolean flag(int column) {
    String text = text(column);
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw wrong(column, text, "True or False");
    };
  }

  private DatasetException wrong(int column, String value, String expectation) {
    String where = line == null ? "header" : "line " + line.getStartingLineNumber();
    return DatasetException.input(
        "%s: %s, column %s: %s (expected: %s); correct the cell"
            .formatted(
                file, where, header.get(column), value.isEmpty() ? "empty" : value, expectation),
        null);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
