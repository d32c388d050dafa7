// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.DatasetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose the output folder is, and what stays in it. */
final class RunOutputTest {
  @TempDir private Path folder;

  @Test
  void aSecondRunInTheSameFolderIsRefused() {
    try (RunOutput first = prepare()) {
      assertThat(first.redisFolder()).isDirectory();
      assertThatThrownBy(this::prepare)
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining("another run writes there");
      assertThat(first.redisFolder()).isDirectory();
    }
  }

  @Test
  void nothingIsLeftWhenTheRunEnds() {
    prepare().close();
    prepare().close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatAKilledRunLeftIsRemoved() throws Exception {
    Path left = Files.createDirectory(folder.resolve(".redis-1"));
    Files.writeString(left.resolve("redis.log"), "killed");
    Files.writeString(folder.resolve(".lock"), "killed");
    try (RunOutput output = prepare()) {
      assertThat(left).doesNotExist();
      assertThat(output.redisFolder()).isDirectory();
    }
    assertThat(folder).isEmptyDirectory();
  }

  private RunOutput prepare() {
    return RunOutput.prepare(folder, Optional.empty());
  }
}
