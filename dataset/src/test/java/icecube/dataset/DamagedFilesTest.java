// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files end in a {@link DatasetException} or in events, never in another failure. The JVM
 * of the tests has little memory and ends at once when that is exhausted, so a length that is
 * believed shows.
 */
final class DamagedFilesTest {
  private static final int ROUNDS = 400;

  /** Rows that damaged run lengths may feign before the rest is left alone. */
  private static final long PULSES_READ_MAX = 2_000_000;

  @TempDir private Path folder;

  private void readAll(Path file) {
    try (EventReader reader = EventReader.open(file)) {
      long pulses = 0;
      for (Event event = reader.next();
          event != null && pulses < PULSES_READ_MAX;
          event = reader.next()) {
        pulses += event.pulses().count();
      }
    }
  }

  private void assertNothingButDatasetException(long seed, Path file, Runnable reading) {
    try {
      reading.run();
    } catch (DatasetException e) {
      assertThat(e.kind()).isEqualTo(DatasetException.Kind.INPUT);
      assertThat(e).hasMessageContaining(file.getFileName().toString()).hasMessageContaining("(");
    } catch (RuntimeException | Error e) {
      fail("-Dicecube.seed=" + seed + ": " + e, e);
    }
  }

  private static byte[] damaged(byte[] whole, SplittableRandom random) {
    byte[] bytes = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> {
        // The end of the file is where lengths stand.
        int near = Math.min(bytes.length, 700);
        bytes[bytes.length - 1 - random.nextInt(near)] = (byte) random.nextInt(256);
      }
      case 2 -> {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(64));
        Arrays.fill(bytes, from, to, (byte) (random.nextBoolean() ? 0xff : random.nextInt(256)));
      }
      default -> {
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return bytes;
  }

  private void damage(Path whole, Path file, Runnable reading) throws IOException {
    byte[] bytes = Files.readAllBytes(whole);
    long seed = Samples.seed();
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, damaged(bytes, new SplittableRandom(seed + round)));
      assertNothingButDatasetException(seed + round, file, reading);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
  void damagedBatchesOfEveryCodec(String codec) throws IOException {
    var variant = Variant.kaggle().codec(CompressionCodecName.valueOf(codec)).rows(700, 100);
    Path file = folder.resolve("batch_2.parquet");
    damage(
        variant.write(folder.resolve("batch_1.parquet"), Samples.events(1, 20, 100)),
        file,
        () -> readAll(file));
  }

  @Test
  void damagedBatchesOfTheSecondVersion() throws IOException {
    var variant =
        Variant.kaggle()
            .codec(CompressionCodecName.UNCOMPRESSED)
            .secondVersion()
            .withoutDictionary()
            .rows(700, 100);
    Path file = folder.resolve("batch_2.parquet");
    damage(
        variant.write(folder.resolve("batch_1.parquet"), Samples.events(1, 20, 100)),
        file,
        () -> readAll(file));
  }

  @Test
  void damagedBatchesInCsv() throws IOException {
    var lines = new StringBuilder("event_id,sensor_id,time,charge,auxiliary\n");
    PulseSeries pulses = Samples.pulses(new SplittableRandom(1), 100);
    for (int i = 0; i < pulses.count(); i++) {
      lines.append("1,%d,%d,1.025,\"True\"%n".formatted(pulses.sensorId(i), i));
    }
    Path whole = Files.writeString(folder.resolve("batch_1.csv"), lines);
    Path file = folder.resolve("batch_2.csv");
    damage(whole, file, () -> readAll(file));
  }

  @Test
  void damagedMetas() throws IOException {
    Path whole = folder.resolve("whole.parquet");
    try (MetaWriter writer = MetaWriter.create(whole)) {
      for (int event = 0; event < 500; event++) {
        var truth = icecube.physics.Direction.ofAngles(event, event);
        writer.write(new MetaRow(event / 100, event, event * 10L, event * 10L + 9, truth));
      }
    }
    Path batch = Samples.write(folder.resolve("batch_3.parquet"), Samples.events(1, 10, 10));
    Path file = folder.resolve("train_meta.parquet");
    damage(
        whole,
        file,
        () -> {
          try (BatchEvents events = BatchEvents.open(KaggleFolder.open(folder))) {
            for (int i = 0; i < 10_000 && events.next() != null; i++) {
              assertThat(batch).exists();
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 11, 12, 40})
  void aFileThatEndsEarlyIsNamed(int size) throws IOException {
    Path whole = Samples.write(folder.resolve("whole.parquet"), Samples.events(1, 3, 10));
    Path file = folder.resolve("batch_1.parquet");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(whole), size));
    assertThatThrownBy(() -> readAll(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(file + ": footer: ")
        .hasMessageEndingWith("(expected: a whole Parquet file); fetch or write it again");
  }

  @Test
  void aFlippedBitIsFoundByTheChecksumOfItsPage() throws IOException {
    Path file = Samples.write(folder.resolve("batch_1.parquet"), Samples.events(1, 50, 100));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 100; at < bytes.length / 2; at += 97) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      Files.write(file, flipped);
      assertThatThrownBy(() -> readAll(file))
          .as("byte %d", at)
          .isInstanceOf(DatasetException.class);
    }
    assertThatThrownBy(() -> readAll(file)).hasMessageContaining("page checksum: ");
  }

  @Test
  void anotherKindOfFileIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("batch_1.parquet"), "event_id,sensor_id\n1,2\n");
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no PAR1 at both ends");
  }

  @Test
  void aCellWithoutEndIsRefused() throws IOException {
    byte[] endless = new byte[40 << 20];
    Arrays.fill(endless, (byte) '"');
    endless[1] = '1';
    Path file = folder.resolve("batch_1.csv");
    Files.write(file, endless);
    assertThatThrownBy(() -> Samples.read(file)).isInstanceOf(DatasetException.class);
    assertThat(List.of(file)).allMatch(Files::exists);
  }
}
