// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The README's table of flags names the commands that have them. */
final class FlagTableTest {
  private static final Map<String, CommandLine> COMMANDS =
      Main.commandLine(Map.of()).getSubcommands();

  /** Cells of the rows that begin with a flag. */
  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(Path.of("README.md")).stream()
        .filter(line -> line.startsWith("| `--"))
        .map(line -> line.split(" \\| "))
        .toList();
  }

  private static boolean has(String command, String flag) {
    CommandLine line = COMMANDS.get(command);
    return line != null && line.getCommandSpec().findOption(flag) != null;
  }

  private static Set<String> commandsWith(String flag) {
    return COMMANDS.keySet().stream()
        .filter(command -> has(command, flag))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--redis", "--geometry", "--input", "--registry", "--compress"})
  void everyCommandThatHasTheFlagIsNamed(String flag) throws IOException {
    String[] row =
        rows().stream()
            .filter(cells -> cells[0].matches("\\| `" + flag + "\\b.*"))
            .findFirst()
            .orElseThrow();
    Set<String> named =
        Arrays.stream(row[2].split("[^a-z-]+"))
            .filter(COMMANDS::containsKey)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(commandsWith(flag));
  }

  @Test
  void everyFlagOfTheTableIsOneOfACommand() throws IOException {
    for (String[] row : rows()) {
      Arrays.stream(row[0].split("[^a-z-]+"))
          .filter(word -> word.startsWith("--"))
          .forEach(flag -> assertThat(commandsWith(flag)).as(flag).isNotEmpty());
    }
  }
}
