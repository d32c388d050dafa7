// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder in the layout of the Kaggle competition: the root with {@code train/} or {@code test/},
 * one of those two, or the files beside each other. Meta and geometry are looked for beside the
 * batches and one level up.
 *
 * @param batches the batch files, by number
 * @param metaFile {@code train_meta} or {@code test_meta}, if there is one
 * @param geometryFile {@code sensor_geometry.csv}, if there is one
 */
public record KaggleFolder(
    List<Batch> batches, Optional<Path> metaFile, Optional<Path> geometryFile) {
  private static final Pattern BATCH = Pattern.compile("batch_(\\d{1,18})\\.(parquet|csv)");

  /**
   * One batch file.
   *
   * @param id its number, as in the meta file
   * @param file where it is
   */
  public record Batch(long id, Path file) {}

  public KaggleFolder {
    batches = List.copyOf(batches);
  }

  /**
   * Looks for the files of a data set.
   *
   * @throws DatasetException if there is no batch, or both {@code train/} and {@code test/} have
   *     some
   */
  public static KaggleFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw DatasetException.input(
          "%s: %s (expected: a folder of Kaggle files); name the folder that holds the batches"
              .formatted(folder, Files.exists(folder) ? "not a folder" : "not there"),
          null);
    }
    List<Batch> here = batchesIn(folder);
    List<Batch> train = batchesIn(folder.resolve("train"));
    List<Batch> test = batchesIn(folder.resolve("test"));
    if (here.isEmpty() && !train.isEmpty() && !test.isEmpty()) {
      throw DatasetException.input(
          folder + ": both train/ and test/ have batches (expected: one); name one of the two",
          null);
    }
    if (!here.isEmpty()) {
      return of(here, folder);
    }
    if (!train.isEmpty()) {
      return of(train, folder.resolve("train"));
    }
    if (!test.isEmpty()) {
      return of(test, folder.resolve("test"));
    }
    throw DatasetException.input(
        folder
            + ": no batch (expected: batch_N.parquet or batch_N.csv there, in train/ or in test/)",
        null);
  }

  private static KaggleFolder of(List<Batch> batches, Path folder) {
    boolean test = "test".equals(String.valueOf(folder.toAbsolutePath().getFileName()));
    List<String> metas =
        test
            ? List.of("test_meta.parquet", "test_meta.csv")
            : List.of("train_meta.parquet", "train_meta.csv", "test_meta.parquet", "test_meta.csv");
    return new KaggleFolder(
        batches, near(folder, metas), near(folder, List.of("sensor_geometry.csv")));
  }

  private static Optional<Path> near(Path folder, List<String> names) {
    Path above = folder.toAbsolutePath().getParent();
    return Stream.of(Optional.of(folder), Optional.ofNullable(above))
        .flatMap(Optional::stream)
        .flatMap(place -> names.stream().map(place::resolve))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static List<Batch> batchesIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Batch> batches = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file -> {
            Matcher name = BATCH.matcher(file.getFileName().toString());
            if (name.matches()) {
              batches.add(new Batch(Long.parseLong(name.group(1)), file));
            }
          });
    } catch (IOException e) {
      throw DatasetException.input(folder + ": " + e.getMessage() + " (expected: readable)", e);
    }
    batches.sort(Comparator.comparingLong(Batch::id).thenComparing(Batch::file));
    for (int i = 1; i < batches.size(); i++) {
      if (batches.get(i).id() == batches.get(i - 1).id()) {
        throw DatasetException.input(
            "%s and %s: the same batch (expected: one of the two)"
                .formatted(batches.get(i - 1).file(), batches.get(i).file()),
            null);
      }
    }
    return batches;
  }
}
