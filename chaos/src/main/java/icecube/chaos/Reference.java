// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * The events of a suite, and what becomes of each if nobody is disturbed.
 *
 * <p>{@code icecube run} makes both: it simulates the events into files and reconstructs them in
 * one process. It is done once for all seeds, and once for all suites of the same build.
 *
 * @param input the folder of the events
 * @param directions event id → direction
 */
record Reference(Path input, Map<Long, Direction> directions) {
  private static final Duration RUN_MAX = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int HEAP_MIB = 768;

  Reference {
    requireNonNull(input, "input");
    directions = Map.copyOf(directions);
  }

  /** As the mesh publishes it. */
  record Direction(double azimuthRad, double zenithRad) {}

  /** Makes the reference, or takes the one that an earlier suite of this build has made. */
  static Reference prepare(Workplace place, Children children, long events)
      throws IOException, InterruptedException {
    Path folder = place.work().resolve("reference-" + events);
    Path done = folder.resolve("done");
    String build = Files.getLastModifiedTime(place.jar()).toString();
    boolean isThere =
        Files.exists(done)
            && Files.readString(done).equals(build)
            && Files.exists(place.classArchive());
    if (!isThere) {
      Workplace.remove(folder);
      Files.deleteIfExists(place.classArchive());
      Files.createDirectories(folder);
      run(place, children, events, folder);
      Files.writeString(done, build);
    }
    return new Reference(
        folder.resolve("simulated"), read(folder.resolve("submission.csv"), events));
  }

  private static void run(Workplace place, Children children, long events, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("run.log");
    List<String> command =
        place.icecubeArchiving(
            HEAP_MIB,
            "run",
            "--model",
            "line-fit",
            "--events",
            Long.toString(events),
            "--output",
            folder.toString());
    Child run = children.start("reference", command, Map.of(), log);
    OptionalInt code = await(run, RUN_MAX);
    if (code.isEmpty() || code.getAsInt() != 0) {
      run.kill();
      throw new IOException(
          "reference run: %s (expected: exit code 0); see %s".formatted(code, log));
    }
  }

  /** Waits for its end; empty if it still runs. */
  static OptionalInt await(Child child, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (child.isAlive() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    return child.exitCode();
  }

  static Map<Long, Direction> read(Path submission, long events) throws IOException {
    Map<Long, Direction> directions = new HashMap<>();
    try (var lines = Files.lines(submission)) {
      lines
          .skip(1)
          .forEach(
              line -> {
                String[] cells = line.split(",", -1);
                directions.put(
                    Long.valueOf(cells[0]),
                    new Direction(Double.parseDouble(cells[1]), Double.parseDouble(cells[2])));
              });
    }
    if (directions.size() != events) {
      throw new IOException(
          "%s: %d events (expected: %d)".formatted(submission, directions.size(), events));
    }
    return directions;
  }
}
