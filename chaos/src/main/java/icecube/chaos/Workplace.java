// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the programs are that are started, and where they may write.
 *
 * @param home the top folder of icecube
 * @param work a folder of the suite's own
 */
record Workplace(Path home, Path work) {
  /** Small machines run nine of them. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  Workplace {
    requireNonNull(home, "home");
    requireNonNull(work, "work");
  }

  /**
   * Checks that the command is built.
   *
   * @throws IllegalArgumentException if it is not
   */
  static Workplace of(Path home, Path work) throws IOException {
    var place =
        new Workplace(
            home.toAbsolutePath().normalize(),
            Files.createDirectories(work.toAbsolutePath().normalize()));
    if (!Files.exists(place.jar())) {
      throw new IllegalArgumentException(
          "--home: %s (expected: the top folder, built; ./mvnw -Pquick package)".formatted(home));
    }
    return place;
  }

  Path jar() {
    return home.resolve(Path.of("cli", "target", "icecube", "icecube.jar"));
  }

  /** Starts a Redis behind the guard of its append-only file. */
  Path redisGuarded() {
    return home.resolve(Path.of("deploy", "redis-guarded.sh"));
  }

  /** Classes as a Java machine has them in memory, so that the next one starts faster. */
  Path classArchive() {
    return work.resolve("classes.jsa");
  }

  /** {@code icecube arguments…} as a process of its own. */
  List<String> icecube(int heapMiB, String... arguments) {
    List<String> command = java(heapMiB);
    if (Files.exists(classArchive())) {
      command.addAll(
          List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + classArchive()));
    }
    command.addAll(List.of("-Dicecube.home=" + home, "-jar", jar().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** {@code icecube arguments…}, leaving {@link #classArchive} behind. */
  List<String> icecubeArchiving(int heapMiB, String... arguments) {
    List<String> command = java(heapMiB);
    command.addAll(
        List.of(
            "-Xlog:disable",
            "-XX:ArchiveClassesAtExit=" + classArchive(),
            "-Dicecube.home=" + home,
            "-jar",
            jar().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A main class of this room, with the command's own libraries. */
  List<String> main(int heapMiB, Class<?> main, String... arguments) {
    List<String> command = java(heapMiB);
    if (Files.exists(classArchive())) {
      command.addAll(
          List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + classArchive()));
    }
    command.addAll(
        List.of("-cp", jar() + ":" + System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> java(int heapMiB) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.add("-Xmx" + heapMiB + "m");
    return command;
  }

  /** An empty folder of this name. */
  Path emptyFolder(String name) throws IOException {
    Path folder = work.resolve(name);
    remove(folder);
    return Files.createDirectories(folder);
  }

  /** Removes a folder with all that is in it. */
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
