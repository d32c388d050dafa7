// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A batch is read in little memory: in a JVM of its own with {@value #HEAP}. With {@code
 * -Dicecube.slow} the batch has as many pulses as Kaggle's largest known.
 */
final class LargeFilesTest {
  private static final String HEAP = "-Xmx64m";
  private static final int LARGEST_EVENT = 110_517;

  @TempDir private Path folder;

  /** What the small JVM does: reads a batch and prints its events and pulses. */
  static final class Count {
    private Count() {}

    public static void main(String[] arguments) {
      long events = 0;
      long pulses = 0;
      try (EventReader reader = EventReader.open(Path.of(arguments[0]))) {
        for (Event event = reader.next(); event != null; event = reader.next()) {
          events++;
          pulses += event.pulses().count();
        }
      }
      System.out.print(events + " " + pulses);
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aBatchOfMillionsOfPulsesNeedsLittleMemory() throws IOException, InterruptedException {
    boolean slow = System.getProperty("icecube.slow") != null;
    int pulses = slow ? 33_000_000 : 3_000_000;
    Path file = folder.resolve("batch_1.parquet");
    int events = write(file, pulses);
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Count.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out).isEqualTo(events + " " + pulses);
    assertThat(Files.size(file)).isGreaterThan(pulses);
  }

  private static int write(Path file, int pulses) {
    var random = new SplittableRandom(1);
    int events = 1;
    try (BatchWriter writer = BatchWriter.create(file)) {
      writer.write(new Event(events, Samples.pulses(random, LARGEST_EVENT)));
      for (int left = pulses - LARGEST_EVENT; left > 0; ) {
        int count = Math.min(left, 1000 + random.nextInt(5000));
        events++;
        writer.write(new Event(events, Samples.pulses(random, count)));
        left -= count;
      }
    }
    return events;
  }
}
