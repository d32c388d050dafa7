// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;

/** Rows of a Parquet file, read by its own library's reader and not by ours. */
final class PreparedRows {
  private PreparedRows() {}

  static List<Group> read(Path file) {
    List<Group> rows = new ArrayList<>();
    try (var reader = ParquetFileReader.open(new LocalInputFile(file))) {
      var schema = reader.getFileMetaData().getSchema();
      for (var pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        var records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          rows.add(records.read());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** Whether a row has a value in an optional column. */
  static boolean has(Group row, String column) {
    return row.getFieldRepetitionCount(column) == 1;
  }
}
