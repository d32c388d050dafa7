// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written comes back. */
final class RoundTripTest {
  @TempDir private Path folder;

  static List<Event> events(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Event> events = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      int pulses = 1 + random.nextInt(200);
      int[] sensor = new int[pulses];
      float[] time = new float[pulses];
      float[] charge = new float[pulses];
      boolean[] auxiliary = new boolean[pulses];
      int clock = 0;
      for (int i = 0; i < pulses; i++) {
        sensor[i] = random.nextInt(5160);
        clock += random.nextInt(300);
        time[i] = clock;
        charge[i] = 0.025f + 0.05f * random.nextInt(400);
        auxiliary[i] = random.nextBoolean();
      }
      events.add(new Event(id, PulseSeries.of(sensor, time, charge, auxiliary)));
    }
    return events;
  }

  static List<Event> read(Path file) {
    List<Event> events = new ArrayList<>();
    try (EventReader reader = EventReader.open(file)) {
      for (Event event = reader.next(); event != null; event = reader.next()) {
        events.add(event);
      }
    }
    return events;
  }

  private Path write(String name, List<Event> events) {
    Path file = folder.resolve(name);
    try (BatchWriter writer = BatchWriter.create(file)) {
      events.forEach(writer::write);
    }
    return file;
  }

  @Test
  void eventsComeBackFromParquet() {
    List<Event> events = events(1, 500);
    assertThat(read(write("batch_1.parquet", events))).isEqualTo(events);
  }

  @Test
  void theSameEventsMakeTheSameBytes() {
    List<Event> events = events(2, 100);
    assertThat(write("a.parquet", events)).hasSameBinaryContentAs(write("b.parquet", events));
  }

  @Test
  void anEventOf180000PulsesComesBack() {
    int count = 180_000;
    int[] sensor = new int[count];
    float[] time = new float[count];
    float[] charge = new float[count];
    for (int i = 0; i < count; i++) {
      sensor[i] = i % 5160;
      time[i] = i;
      charge[i] = 1;
    }
    Event large = new Event(7, PulseSeries.of(sensor, time, charge, new boolean[count]));
    List<Event> events = List.of(events(3, 1).get(0), large);
    assertThat(read(write("batch_1.parquet", events))).isEqualTo(events);
  }

  @Test
  void aFileAppearsOnlyWhenItIsWhole() throws Exception {
    Path file = folder.resolve("batch_1.parquet");
    try (BatchWriter writer = BatchWriter.create(file)) {
      events(4, 3).forEach(writer::write);
      assertThat(file).doesNotExist();
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void metaComesBackWithItsTruth() {
    Path file = folder.resolve("train_meta.parquet");
    MetaRow row = new MetaRow(1, 24, 0, 60, Direction.ofAngles(5.03, 2.087));
    try (MetaWriter writer = MetaWriter.create(file)) {
      writer.write(row);
    }
    try (MetaReader reader = MetaReader.open(file)) {
      MetaRow back = requireNonNull(reader.next());
      assertThat(back.eventId()).isEqualTo(24);
      assertThat(back.lastPulseIndex()).isEqualTo(60);
      assertThat(requireNonNull(back.truth()).azimuthRad()).isCloseTo(5.03, within(1e-12));
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void whatASimulationKnowsComesBack() {
    Path file = folder.resolve("train_meta.parquet");
    List<MetaRow> rows =
        List.of(
            new MetaRow(1, 1, 0, 4, Direction.ofAngles(1, 1), 370_370L, 1234.5, true),
            new MetaRow(1, 2, 5, 9, Direction.ofAngles(1, 1), 370_371L, 20.25, false));
    try (MetaWriter writer = MetaWriter.createSimulated(file)) {
      rows.forEach(writer::write);
    }
    try (MetaReader reader = MetaReader.open(file)) {
      for (MetaRow row : rows) {
        MetaRow back = requireNonNull(reader.next());
        assertThat(back.triggerTimeNs()).isEqualTo(row.triggerTimeNs());
        assertThat(back.energyGev()).isEqualTo(row.energyGev());
        assertThat(back.isTrack()).isEqualTo(row.isTrack());
      }
      assertThat(reader.next()).isNull();
    }
    assertThat(ParquetTable.columnsOf(file))
        .containsExactlyInAnyOrder(
            "batch_id",
            "event_id",
            "first_pulse_index",
            "last_pulse_index",
            "azimuth",
            "zenith",
            "trigger_time_ns",
            "energy_gev",
            "is_track");
  }

  @Test
  void anEnergyThatIsNoneIsRefusedBeforeItIsWritten() {
    for (double energyGev : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new MetaRow(1, 1, 0, 0, null, null, energyGev, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "energy: " + energyGev + " GeV (expected: > 0 and finite; null if not known)");
    }
  }

  @Test
  void geometryComesBackAsTheSameDetector() {
    Path file = folder.resolve("sensor_geometry.csv");
    DetectorGeometry geometry = IceCube86.geometry();
    GeometryCsv.write(file, geometry);
    assertThat(GeometryCsv.read(file)).isEqualTo(geometry);
    assertThat(GeometryCsv.read(file).id()).isEqualTo("sensor_geometry.csv");
  }

  @Test
  void submissionComesBack() {
    Path file = folder.resolve("submission.csv");
    SubmissionWriter.write(file, List.of(row(3, 1.25), row(8, 6.2)));
    try (SubmissionReader reader = SubmissionReader.open(file)) {
      assertThat(reader.next()).isEqualTo(new SubmissionReader.Row(3, 1.25, 0.5));
      assertThat(reader.next()).isEqualTo(new SubmissionReader.Row(8, 6.2, 0.5));
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void predictionsAreWrittenWithWhatIsKnown() {
    Path file = folder.resolve("predictions.parquet");
    PredictionWriter.write(file, List.of(row(3, 1.25)));
    try (ParquetTable table =
        ParquetTable.open(file, java.util.Map.of("event_id", ParquetTable.ColumnKind.INTEGER))) {
      assertThat(table.rowCount()).isEqualTo(1);
      long[] eventId = new long[table.take(10)];
      table.longs(0, eventId, eventId.length);
      assertThat(eventId).containsExactly(3);
    }
    assertThat(ParquetTable.columnsOf(file)).contains("kappa");
  }

  private static PredictionRow row(long eventId, double azimuthRad) {
    return new PredictionRow(
        eventId,
        azimuthRad,
        0.5,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        60,
        60,
        "line-fit",
        "1",
        "");
  }
}
