// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Reads the metadata of a Parquet file: what its writer says of it, by name. */
public final class FileNotes {
  private FileNotes() {}

  /**
   * All of them; nothing else of the file is read but its footer.
   *
   * @throws DatasetException if the file is missing or no whole Parquet file
   */
  public static Map<String, String> read(Path file) {
    ParquetTable.requireReadable(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return ParquetFooter.read(channel).notes();
    } catch (IOException e) {
      throw ParquetTable.damaged(file, "footer", e);
    }
  }
}
