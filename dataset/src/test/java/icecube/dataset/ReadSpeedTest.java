// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a batch is read, beside pyarrow on the same file in the same run: only with {@code
 * -Dicecube.python=PYTHON}, a Python that has pyarrow. The README tells how to run it.
 *
 * <p>Pyarrow's figure is for columns in memory, one thread; ours is for events, one thread.
 */
final class ReadSpeedTest {
  private static final int ROUNDS = 9;
  private static final int PULSES = 3_000_000;
  private static final double RATIO_MIN = 0.5;

  private static final String PYARROW =
      """
      import sys, time
      import pyarrow.parquet as pq
      best = 1e9
      for _ in range(int(sys.argv[2])):
          start = time.perf_counter()
          rows = pq.read_table(sys.argv[1], use_threads=False).num_rows
          best = min(best, time.perf_counter() - start)
      print(rows / best / 1e6)
      """;

  @TempDir private Path folder;

  @Test
  void eventsAreReadAtHalfTheSpeedOfPyarrowOrMore() throws Exception {
    String python = System.getProperty("icecube.python", "");
    Assumptions.assumeFalse(python.isEmpty(), "SKIPPED: read speed (give -Dicecube.python=PYTHON)");
    Path file = folder.resolve("batch_1.parquet");
    write(file, PULSES);
    double ours = ours(file, PULSES);
    double theirs = pyarrow(python, file);
    System.out.printf(
        Locale.ROOT,
        "%,d pulses, %,d bytes: icecube %.1f Mpulses/s as events, pyarrow %.1f as columns, ratio"
            + " %.2f%n",
        PULSES,
        Files.size(file),
        ours,
        theirs,
        ours / theirs);
    assertThat(ours / theirs).isGreaterThan(RATIO_MIN);
  }

  private static double ours(Path file, int pulses) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      long count = 0;
      try (EventReader reader = EventReader.open(file)) {
        for (Event event = reader.next(); event != null; event = reader.next()) {
          count += event.pulses().count();
        }
      }
      if (count != pulses) {
        throw new IllegalStateException("pulses: " + count + " (expected: " + pulses + ")");
      }
      best = Math.max(best, pulses * 1e3 / (System.nanoTime() - start));
    }
    return best;
  }

  private static double pyarrow(String python, Path file) throws Exception {
    var process =
        new ProcessBuilder(python, "-c", PYARROW, file.toString(), String.valueOf(ROUNDS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("pyarrow: exit " + process.exitValue() + " (expected: 0)");
    }
    return Double.parseDouble(out.strip());
  }

  /** Events of about 164 pulses, as many sensors, times and charges as Kaggle's. */
  private static void write(Path file, int pulses) {
    var random = new SplittableRandom(1);
    try (BatchWriter writer = BatchWriter.create(file)) {
      int left = pulses;
      for (long id = 1; left > 0; id++) {
        int count = Math.min(left, 30 + random.nextInt(270));
        writer.write(new Event(id, Samples.pulses(random, count)));
        left -= count;
      }
    }
  }
}
