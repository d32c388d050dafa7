// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A third-party program that {@code deploy/tools.sh} installs, such as {@code promtool}.
 * Thread-safe.
 *
 * @param path where it is
 */
public record Program(Path path) {
  /** What one run may take: {@code promtool test rules} takes a second. */
  private static final long RUN_SECONDS_MAX = 60;

  public Program {
    requireNonNull(path, "path");
  }

  /** The program in {@code .cache/tools/bin} of the project, else on the {@code PATH}. */
  public static Optional<Program> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(root().resolve(".cache/tools/bin")),
            Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .filter(folder -> !folder.isEmpty())
                .map(Path::of))
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .map(Program::new)
        .findFirst();
  }

  /** What a test says that is skipped as the program is nowhere. */
  public static String absence(String name) {
    return "SKIPPED: "
        + name
        + ": not found (expected: in .cache/tools/bin or on the PATH); deploy/tools.sh installs it";
  }

  /** The root of the project: the folder with {@code mvnw}. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return requireNonNull(folder, "mvnw, in no folder above");
  }

  /**
   * How a run ended.
   *
   * @param exitCode 0 if all is well
   * @param output what it printed, both streams
   */
  public record Outcome(int exitCode, String output) {}

  /**
   * Runs it to its end.
   *
   * @param folder its working directory
   * @param environment added to ours
   * @throws IllegalStateException if it does not end within a minute
   */
  public Outcome run(Path folder, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    try {
      Path output = Files.createTempFile("icecube-" + path.getFileName(), ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new Outcome(exitCode(builder.start()), Files.readString(output));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int exitCode(Process process) {
    try {
      if (process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      throw new IllegalStateException(
          path + ": still running (expected: to end within " + RUN_SECONDS_MAX + " s)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(path + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
