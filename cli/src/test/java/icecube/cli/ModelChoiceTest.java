// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Which model answers when nobody says, and when somebody does. */
final class ModelChoiceTest {
  @TempDir private Path folder;

  private static ModelChoice choice(String... arguments) {
    ModelChoice choice = new ModelChoice();
    CommandSpec command = CommandSpec.create();
    command.addMixin("choice", CommandSpec.forAnnotatedObject(choice));
    new CommandLine(command).parseArgs(arguments);
    return choice;
  }

  private String models() {
    return folder.toString();
  }

  private void model(String name) throws IOException {
    Files.createDirectories(folder.resolve(name + "/1"));
    Files.writeString(folder.resolve(name + "/1/model.onnx"), "a graph");
  }

  @Test
  void theLineFitAnswersWhereThereIsNothingBetter() throws IOException {
    assertThat(choice("--models", models()).name()).isEqualTo("line-fit");
    Files.createDirectories(folder.resolve("direction/1"));
    assertThat(choice("--models", models()).name()).as("no graph yet").isEqualTo("line-fit");
  }

  @Test
  void directionAnswersWhereItIs() throws IOException {
    model("direction");
    assertThat(choice("--models", models()).name()).isEqualTo("direction");
    assertThat(choice("--models", models(), "--model", "line-fit").name()).isEqualTo("line-fit");
  }

  @Test
  void aModelTrainedElsewhereIsFoundByItsFolder() throws IOException {
    model("mine");
    assertThat(choice("--models", models(), "--model", "mine").name()).isEqualTo("mine");
    assertThatThrownBy(() -> choice("--models", models(), "--model", "yours").name())
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--model: yours (expected: one of line-fit, mine, pandel)");
  }

  @Test
  void whatABucketHasShowsWhenItIsAsked() {
    assertThat(choice("--models", "s3://bucket/models", "--model", "mine").name())
        .isEqualTo("mine");
  }
}
