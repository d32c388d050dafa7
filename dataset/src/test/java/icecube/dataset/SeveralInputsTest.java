// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.KaggleFolder.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and batch files given by name, together. */
final class SeveralInputsTest {
  @TempDir private Path folder;

  @Test
  void foldersComeInTheOrderGiven() throws IOException {
    touch("b/batch_1.parquet");
    touch("a/train/batch_2.csv");
    touch("a/train/batch_10.parquet");
    assertThat(files("b", "a"))
        .containsExactly("batch_1.parquet", "batch_2.csv", "batch_10.parquet");
    assertThat(files("a", "b"))
        .containsExactly("batch_2.csv", "batch_10.parquet", "batch_1.parquet");
  }

  @Test
  void filesOfOneFolderComeByTheirNumbersWhateverAShellMakesOfThem() throws IOException {
    touch("batch_1.parquet");
    touch("batch_10.parquet");
    touch("batch_2.csv");
    touch("train_meta.csv");
    var found = KaggleFolder.openAll(inputs("batch_1.parquet", "batch_10.parquet", "batch_2.csv"));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).batches()).extracting(Batch::id).containsExactly(1L, 2L, 10L);
    assertThat(found.get(0).metaFile()).contains(folder.resolve("train_meta.csv"));
  }

  @Test
  void oneFileAloneIsRead() throws IOException {
    touch("batch_1.parquet");
    touch("batch_2.parquet");
    assertThat(files("batch_2.parquet")).containsExactly("batch_2.parquet");
  }

  @Test
  void whatIsGivenTwiceIsRefused() throws IOException {
    touch("a/train/batch_1.parquet");
    touch("a/train/batch_2.parquet");
    refusedTwice("a", "a");
    refusedTwice("a", "a/train");
    refusedTwice("a/train", "a/train/batch_1.parquet");
    refusedTwice("a/train/batch_1.parquet", "a/train");
    refusedTwice("a", "a/train/batch_1.parquet");
    assertThatThrownBy(() -> files("a/train/batch_1.parquet", "a/train/batch_1.parquet"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("the same batch");
  }

  @Test
  void aFileThatIsNoBatchIsRefused() throws IOException {
    touch("train_meta.parquet");
    assertThatThrownBy(() -> files("train_meta.parquet"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no batch (expected: batch_N.parquet or batch_N.csv, or a folder");
  }

  private void refusedTwice(String... names) {
    assertThatThrownBy(() -> files(names))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("given twice (expected: once)");
  }

  private List<String> files(String... names) {
    return KaggleFolder.openAll(inputs(names)).stream()
        .flatMap(found -> found.batches().stream())
        .map(batch -> batch.file().getFileName().toString())
        .toList();
  }

  private List<Path> inputs(String... names) {
    return Arrays.stream(names).map(folder::resolve).toList();
  }

  private void touch(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
  }
}
