// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /**
   * Looks for the files of several data sets that are read one after the other: the folders in the
   * order given, and batch files given by name together with the others of their folder, by number,
   * where the first of them stands.
   *
   * @throws DatasetException as {@link #open}; if a file is no batch; or if a batch is given twice
   */
  public static List<KaggleFolder> openAll(List<Path> inputs) {
    Map<Path, Given> givenByFolder = new LinkedHashMap<>();
    for (Path input : inputs) {
      Path place = input.toAbsolutePath().normalize();
      Path folder = place.getParent();
      if (folder == null || !Files.isRegularFile(place)) {
        if (givenByFolder.put(place, new Given(input, List.of())) != null) {
          throw givenTwice(input);
        }
        continue;
      }
      Given given = givenByFolder.get(folder);
      if (given == null) {
        given = new Given(folder, new ArrayList<>());
        givenByFolder.put(folder, given);
      } else if (given.isWhole()) {
        throw givenTwice(input);
      }
      given.files().add(input);
    }
    List<KaggleFolder> folders =
        givenByFolder.values().stream()
            .map(given -> given.isWhole() ? open(given.folder()) : ofFiles(given))
            .toList();
    requireOnce(folders);
    return folders;
  }

  /**
   * What was given of one folder.
   *
   * @param folder the folder
   * @param files of its batches; none means all
   */
  private record Given(Path folder, List<Path> files) {
    boolean isWhole() {
      return files.isEmpty();
    }
  }

  private static KaggleFolder ofFiles(Given given) {
    List<Batch> batches = new ArrayList<>();
    for (Path file : given.files()) {
      batches.add(
          batchOf(file)
              .orElseThrow(
                  () ->
                      DatasetException.input(
                          file
                              + ": no batch (expected: batch_N.parquet or batch_N.csv, or a folder"
                              + " of them)",
                          null)));
    }
    sort(batches);
    return of(batches, given.folder());
  }

  private static void requireOnce(List<KaggleFolder> folders) {
    Set<Path> seen = new HashSet<>();
    for (KaggleFolder folder : folders) {
      for (Batch batch : folder.batches()) {
        if (!seen.add(batch.file().toAbsolutePath().normalize())) {
          throw givenTwice(batch.file());
        }
      }
    }
  }

  private static DatasetException givenTwice(Path input) {
    return DatasetException.input(
        input + ": given twice (expected: once); all its events would be duplicates", null);
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
      files.forEach(file -> batchOf(file).ifPresent(batches::add));
    } catch (IOException e) {
      throw DatasetException.input(folder + ": " + e.getMessage() + " (expected: readable)", e);
    }
    sort(batches);
    return batches;
  }

  private static Optional<Batch> batchOf(Path file) {
    Matcher name = BATCH.matcher(String.valueOf(file.getFileName()));
    return name.matches()
        ? Optional.of(new Batch(Long.parseLong(name.group(1)), file))
        : Optional.empty();
  }

  /** By number; no two with the same. */
  private static void sort(List<Batch> batches) {
    batches.sort(Comparator.comparingLong(Batch::id).thenComparing(Batch::file));
    for (int i = 1; i < batches.size(); i++) {
      if (batches.get(i).id() == batches.get(i - 1).id()) {
        throw DatasetException.input(
            "%s and %s: the same batch (expected: one of the two)"
                .formatted(batches.get(i - 1).file(), batches.get(i).file()),
            null);
      }
    }
  }
}
