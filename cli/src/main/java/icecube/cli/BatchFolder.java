// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.dataset.FileNotes;
import icecube.dataset.KaggleFolder.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with one output file for each input batch, under the batch's name. Each file says in its
 * metadata what it was made of: the command that was interrupted goes on where it ended, and files
 * of anything else are refused, because whoever reads the folder reads all of it. Immutable.
 */
final class BatchFolder {
  /** What a file was made of. */
  static final String MADE_OF_KEY = "icecube.made_of";

  /** What became of the events of its batch, as {@link EventTally#toNote} says it. */
  static final String TALLY_KEY = "icecube.tally";

  private final Path folder;

  BatchFolder(Path folder) {
    this.folder = folder;
  }

  /** The output of a batch, there or not. */
  Path target(Batch batch) {
    return folder.resolve(nameOf(batch));
  }

  private static String nameOf(Batch batch) {
    return "batch_" + batch.id() + ".parquet";
  }

  /** Refuses a folder that has files of other batches. */
  void requireOnly(List<Batch> batches) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Set<String> ours = batches.stream().map(BatchFolder::nameOf).collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(BatchFolder::isBatch).sorted().toList()) {
        if (!ours.contains(String.valueOf(file.getFileName()))) {
          throw foreign(file, "no such batch in the input");
        }
      }
    } catch (IOException e) {
      throw DatasetException.output(folder + ": " + e + " (expected: readable)", e);
    }
  }

  private static boolean isBatch(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith("batch_") && name.endsWith(".parquet");
  }

  /**
   * What an earlier run noted in the output of a batch; empty if there is none.
   *
   * @throws DatasetException of kind output if it was made of something else
   */
  Optional<Map<String, String>> written(Batch batch, String madeOf) {
    Path target = target(batch);
    if (!Files.exists(target)) {
      return Optional.empty();
    }
    Map<String, String> notes = FileNotes.read(target);
    if (!madeOf.equals(notes.get(MADE_OF_KEY)) || !notes.containsKey(TALLY_KEY)) {
      throw foreign(target, "made of " + notes.getOrDefault(MADE_OF_KEY, "something else"));
    }
    return Optional.of(notes);
  }

  private static DatasetException foreign(Path file, String found) {
    return DatasetException.output(
        "%s: %s (expected: files of this very command, or none); choose another --output or remove the folder"
            .formatted(file, found),
        null);
  }
}
