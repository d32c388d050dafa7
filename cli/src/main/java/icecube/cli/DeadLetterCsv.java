// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import icecube.proto.Reasons;
import icecube.v1.DeadLetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The dead letters of a run for a person to read: event_id, reason, message. */
final class DeadLetterCsv {
  private DeadLetterCsv() {}

  static void write(Path file, List<DeadLetter> letters) throws IOException {
    try (CsvWriter csv = CsvWriter.builder().build(file)) {
      csv.writeRecord("event_id", "reason", "message");
      for (DeadLetter letter : letters) {
        csv.writeRecord(
            Long.toString(letter.getEventId()),
            Reasons.nameOf(letter.getReason()),
            letter.getMessage());
      }
    }
  }
}
