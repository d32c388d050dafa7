// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import icecube.dataset.SubmissionWriter;
import icecube.v1.DeadLetter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of one run, and the folder its Redis writes to while it lasts. */
final class RunOutput implements AutoCloseable {
  private static final String REDIS_PREFIX = ".redis-";

  private final Path folder;
  private final Optional<Path> summaryFile;
  private final Path redisFolder;
  private final OutputLock lock;

  private RunOutput(Path folder, Optional<Path> summaryFile, Path redisFolder, OutputLock lock) {
    this.folder = folder;
    this.summaryFile = summaryFile;
    this.redisFolder = redisFolder;
    this.lock = lock;
  }

  /** Makes the folders, so that an output that cannot be written is known before the work. */
  static RunOutput prepare(Path folder, Optional<Path> summaryFile) {
    summaryFile.ifPresent(RunOutput::requireWritable);
    try {
      Files.createDirectories(folder);
      OutputLock lock = OutputLock.of(folder);
      try {
        deleteWhatKilledRunsLeft(folder);
        Path redisFolder = Files.createTempDirectory(folder.toAbsolutePath(), REDIS_PREFIX);
        return new RunOutput(folder, summaryFile, redisFolder, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /** Tries, since rights alone do not tell: a disk may be full or a file system read-only. */
  private static void requireWritable(Path summaryFile) {
    Path folder = summaryFile.toAbsolutePath().getParent();
    try {
      if (folder == null || Files.isDirectory(summaryFile)) {
        throw new IOException("it is a folder");
      }
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".summary-", ""));
    } catch (IOException e) {
      throw summaryUnwritable(summaryFile, e);
    }
  }

  private static DatasetException summaryUnwritable(Path file, IOException cause) {
    return DatasetException.output(
        "--summary: " + file + ": " + cause + " (expected: a file that can be written)", cause);
  }

  private static DatasetException unwritable(Path path, IOException cause) {
    return DatasetException.output(
        path + ": " + cause + " (expected: a folder that can be written); choose another --output",
        cause);
  }

  /** The folder is ours alone, so a Redis folder in it belongs to nobody who lives. */
  private static void deleteWhatKilledRunsLeft(Path folder) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, REDIS_PREFIX + "*")) {
      left.forEach(RunOutput::delete);
    }
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
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    summaryFile.ifPresent(file -> write(file, summary));
  }

  private static void write(Path summaryFile, RunSummary summary) {
    try {
      Files.writeString(summaryFile, summary.toJson() + "\n");
    } catch (IOException e) {
      throw summaryUnwritable(summaryFile, e);
    }
  }

  void describe(PrintWriter out) {
    Stream.of(submission(), predictions(), deadLetters())
        .filter(Files::exists)
        .forEach(file -> out.println("  wrote " + file));
    summaryFile.ifPresent(file -> out.println("  wrote " + file));
  }

  /** Redis' log is of no use once the run has ended. */
  @Override
  public void close() {
    delete(redisFolder);
    lock.close();
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("icecube: " + folder + " is left behind: " + e);
    }
  }
}
