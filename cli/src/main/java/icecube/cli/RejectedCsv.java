// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import icecube.dataset.DatasetException;
import icecube.proto.Reasons;
import icecube.v1.EventError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a batch that got no prediction: event_id, reason, message. The file appears when it
 * is complete, and only if there is such an event. Confined to one thread.
 */
final class RejectedCsv implements AutoCloseable {
  private final Path target;
  private final Path part;
  private @Nullable CsvWriter csv;

  RejectedCsv(Path target) {
    this.target = target;
    this.part = target.resolveSibling("." + target.getFileName() + ".part");
  }

  void write(EventError error) {
    try {
      if (csv == null) {
        Files.createDirectories(target.toAbsolutePath().getParent());
        csv = CsvWriter.builder().build(part);
        csv.writeRecord("event_id", "reason", "message");
      }
      csv.writeRecord(
          Long.toString(error.getEventId()), Reasons.nameOf(error.getReason()), error.getMessage());
    } catch (IOException | UncheckedIOException e) {
      throw unwritable(e);
    }
  }

  /** All events of the batch have been seen: puts the file in its place, or removes an old one. */
  void complete() {
    try {
      if (csv == null) {
        Files.deleteIfExists(target);
      } else {
        csv.close();
        csv = null;
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException | UncheckedIOException e) {
      throw unwritable(e);
    }
  }

  private DatasetException unwritable(Exception cause) {
    return DatasetException.output(
        target + ": " + cause + " (expected: a place that can be written, with room)", cause);
  }

  /** Removes what was not completed. */
  @Override
  public void close() {
    if (csv != null) {
      try {
        csv.close();
        Files.deleteIfExists(part);
      } catch (IOException | UncheckedIOException e) {
        System.err.println("icecube: " + part + " is left behind: " + e);
      }
    }
  }

  /** The ids in such a file, in its order; none if it is not there. */
  static void eachId(Path file, LongConsumer ids) {
    if (!Files.exists(file)) {
      return;
    }
    try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(file)) {
      boolean isHeader = true;
      for (CsvRecord line : reader) {
        if (!isHeader) {
          ids.accept(Long.parseLong(line.getField(0)));
        }
        isHeader = false;
      }
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      throw DatasetException.input(
          file + ": " + e + " (expected: event_id,reason,message); remove it and its batch", e);
    }
  }
}
