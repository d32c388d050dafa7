// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The room stands on the JDK and null annotations alone, and asks nobody for time or chance. */
class ImportsTest {
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([\\w.]+);", Pattern.MULTILINE);

  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "System\\.(?:nanoTime|currentTimeMillis|getenv|getProperty)|Math\\.random|new Random\\("
              + "|ThreadLocalRandom|java\\.(?:io|net|nio\\.file|time)\\.");

  @Test
  void importsOnlyTheJdkAndJspecify() throws IOException {
    for (var source : sources()) {
      var imports = IMPORT.matcher(Files.readString(source)).results().map(m -> m.group(1));
      assertThat(imports)
          .as(source.toString())
          .allMatch(
              name ->
                  name.startsWith("java.")
                      || name.startsWith("org.jspecify.")
                      || name.startsWith("icecube.physics."));
    }
  }

  @Test
  void asksNobodyForTimeChanceOrFiles() throws IOException {
    for (var source : sources()) {
      assertThat(Files.readString(source)).as(source.toString()).doesNotContainPattern(FORBIDDEN);
    }
  }

  private static List<Path> sources() throws IOException {
    // Maven runs tests in the room's folder.
    try (var files = Files.walk(Path.of("src", "main", "java"))) {
      var sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(10);
      return sources;
    }
  }
}
