// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import com.google.errorprone.annotations.FormatMethod;
import icecube.dataset.BatchWriter;
import icecube.dataset.MetaRow;
import icecube.dataset.MetaWriter;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.stream.PayloadEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the door, packing and going back cost, on simulated events; prints the figures of the room's
 * README. Arguments: events (50,000), seed (1). Each figure is the median of seven repeats after
 * two that warm up.
 */
final class EmitterReport {
  private static final int WARM_UPS = 2;
  private static final int REPEATS = 7;
  private static final int PARTITIONS = 2;
  private static final int BATCHES = 10;

  private final List<SourceEvent> events;

  private EmitterReport(List<SourceEvent> events) {
    this.events = events;
  }

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 50_000;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
    var report = new EmitterReport(simulate(seed, count));
    report.describe(seed);
    report.door();
    List<CutEntry> entries = report.entries();
    report.packing(entries, PayloadEncoding.PLAIN);
    report.packing(entries, PayloadEncoding.ZSTD);
    Path folder = Files.createTempDirectory("emitter-report-");
    try {
      report.write(folder);
      report.goingBack(DatasetSource.open(folder, Optional.empty()));
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<SourceEvent> simulate(long seed, int count) {
    int threads = Runtime.getRuntime().availableProcessors();
    List<SourceEvent> events = new ArrayList<>(count);
    try (var cursor = SimulatedSource.of(seed, count, IceCube86.geometry(), threads).open()) {
      for (var next = cursor.next(); next != null; next = cursor.next()) {
        events.add(next);
      }
    }
    return events;
  }

  private void describe(long seed) {
    long pulses = events.stream().mapToLong(event -> event.event().pulses().count()).sum();
    print("%,d events, %,d pulses, seed %d", events.size(), pulses, seed);
  }

  private void door() {
    double seconds =
        medianSeconds(
            () -> {
              var door = new Door(IceCube86.geometry());
              for (int event = 0; event < events.size(); event++) {
                if (door.refusal(event, events.get(event).event()).isPresent()) {
                  throw new IllegalStateException("event " + event + ": refused");
                }
              }
            });
    print("door: %.0f ns an event", seconds / events.size() * 1e9);
  }

  private List<CutEntry> entries() {
    List<CutEntry> entries = new ArrayList<>();
    var source = new ListSource(events.stream().map(SourceEvent::event).toList());
    try (var reading = new SourceReading(source, EmitterSettings.DEFAULT, PARTITIONS)) {
      reading.openBefore(new long[PARTITIONS]);
      for (var entry = reading.peek(); entry != null; entry = reading.peek()) {
        reading.take(entry);
        entries.add(entry);
      }
    }
    return entries;
  }

  private void packing(List<CutEntry> entries, PayloadEncoding encoding) {
    List<byte[]> payloads = new ArrayList<>();
    double encode =
        medianSeconds(
            () -> {
              payloads.clear();
              for (CutEntry entry : entries) {
                payloads.add(
                    entry
                        .encode(
                            IceCube86.geometry(), "0-1", 1, encoding, SendSpans.Sending.UNTRACED)
                        .payload());
              }
            });
    double unpack = medianSeconds(() -> payloads.forEach(encoding::unpack));
    double sizeBytes = payloads.stream().mapToLong(payload -> payload.length).sum();
    print(
        "%s: %,.0f bytes an event, encoded in %.2f us, unpacked in %.2f us",
        encoding, sizeBytes / events.size(), micros(encode), micros(unpack));
  }

  private double micros(double seconds) {
    return seconds / events.size() * 1e6;
  }

  private void write(Path folder) {
    Path metaFile = folder.resolve("train_meta.parquet");
    try (var meta = MetaWriter.createWithTriggerTimes(metaFile)) {
      for (int number = 1; number <= BATCHES; number++) {
        int from = (int) ((number - 1L) * events.size() / BATCHES);
        int to = (int) ((long) number * events.size() / BATCHES);
        write(folder, number, events.subList(from, to), meta);
      }
    }
  }

  private static void write(Path folder, int number, List<SourceEvent> part, MetaWriter meta) {
    try (var batch = BatchWriter.create(folder.resolve("batch_" + number + ".parquet"))) {
      long row = 0;
      for (SourceEvent next : part) {
        Event event = next.event();
        batch.write(event);
        long last = row + event.pulses().count() - 1;
        meta.write(new MetaRow(number, event.id(), row, last, next.truth(), next.triggerTimeNs()));
        row = last + 1;
      }
    }
  }

  /** The log loses its last 64 entries when all batches have been read. */
  private void goingBack(DatasetSource source) {
    try (var reading = new SourceReading(source, EmitterSettings.DEFAULT, PARTITIONS)) {
      reading.openBefore(new long[PARTITIONS]);
      readTo(reading, Long.MAX_VALUE);
      long entries = reading.entriesTaken();
      long lost = entries - Checkpoints.INTERVAL_ENTRIES;
      var held = new Checkpoint(lost, new long[PARTITIONS], null);
      long[] heldByPartition = {held.entriesOf(0), held.entriesOf(1)};
      double fromCheckpoint =
          medianSeconds(
              () -> {
                reading.openBefore(heldByPartition);
                readTo(reading, lost);
              });
      double fromStart =
          medianSeconds(
              () -> {
                reading.openBefore(new long[PARTITIONS]);
                readTo(reading, lost);
              });
      print(
          "going back %d of %,d entries in %d Parquet batches: %.1f ms from a checkpoint, %.0f ms"
              + " from the start, %d checkpoints",
          entries - lost,
          entries,
          BATCHES,
          fromCheckpoint * 1e3,
          fromStart * 1e3,
          reading.checkpointCount());
    }
  }

  private static void readTo(SourceReading reading, long entries) {
    for (var entry = reading.peek();
        entry != null && entry.number() < entries;
        entry = reading.peek()) {
      reading.take(entry);
    }
  }

  private static double medianSeconds(Runnable work) {
    double[] seconds = new double[REPEATS];
    for (int repeat = -WARM_UPS; repeat < REPEATS; repeat++) {
      long start = System.nanoTime();
      work.run();
      if (repeat >= 0) {
        seconds[repeat] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[REPEATS / 2];
  }

  @FormatMethod
  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
