// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import icecube.dataset.SubmissionWriter;
import icecube.v1.DeadLetter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of one run, and the folder its Redis writes to while it lasts. */
final class RunOutput {
  private final Path folder;
  private final Optional<Path> summaryFile;
  private final Path redisFolder;

  private RunOutput(Path folder, Optional<Path> summaryFile, Path redisFolder) {
    this.folder = folder;
    this.summaryFile = summaryFile;
    this.redisFolder = redisFolder;
  }

  /** Makes the folders, so that an output that cannot be written is known before the work. */
  static RunOutput prepare(Path folder, Optional<Path> summaryFile) {
    try {
      Files.createDirectories(folder);
      if (summaryFile.isPresent()) {
        Files.createDirectories(summaryFile.get().toAbsolutePath().getParent());
      }
      return new RunOutput(
          folder, summaryFile, Files.createTempDirectory(folder.toAbsolutePath(), ".redis-"));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static DatasetException unwritable(Path path, IOException cause) {
    return DatasetException.output(
        path + ": " + cause + " (expected: a folder that can be written); choose another --output",
        cause);
  }

  Path redisFolder() {
    return redisFolder;
  }

  private Path submission() {
    return folder.resolve("submission.csv");
  }

  private Path predictions() {
    return folder.resolve("predictions.parquet");
  }

  private Path deadLetters() {
    return folder.resolve("dead_letters.csv");
  }

  void write(List<PredictionRow> rows, List<DeadLetter> letters, RunSummary summary) {
    SubmissionWriter.write(submission(), rows);
    PredictionWriter.write(predictions(), rows);
    try {
      if (letters.isEmpty()) {
        Files.deleteIfExists(deadLetters());
      } else {
        DeadLetterCsv.write(deadLetters(), letters);
      }
      if (summaryFile.isPresent()) {
        Files.writeString(summaryFile.get(), summary.toJson() + "\n");
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  void describe(PrintWriter out) {
    Stream.of(submission(), predictions(), deadLetters())
        .filter(Files::exists)
        .forEach(file -> out.println("  wrote " + file));
    summaryFile.ifPresent(file -> out.println("  wrote " + file));
  }

  /** Redis' log is of no use once the run has ended. */
  void deleteRedisFolder() {
    try (Stream<Path> files = Files.walk(redisFolder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("icecube: " + redisFolder + " is left behind: " + e);
    }
  }
}
