// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Events to write and the way to read them back. */
final class Samples {
  private Samples() {}

  /** Events 1..count with 1 to {@code pulseCountMax} pulses each. */
  static List<Event> events(long seed, int count, int pulseCountMax) {
    var random = new SplittableRandom(seed);
    var events = new ArrayList<Event>();
    for (int id = 1; id <= count; id++) {
      events.add(new Event(id, pulses(random, 1 + random.nextInt(pulseCountMax))));
    }
    return events;
  }

  static PulseSeries pulses(SplittableRandom random, int count) {
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    boolean[] auxiliary = new boolean[count];
    int clock = 5800;
    for (int i = 0; i < count; i++) {
      clock += random.nextInt(12_000 / count + 1);
      sensorId[i] = random.nextInt(5160);
      timeNs[i] = clock;
      chargePe[i] = 0.025f + 0.05f * random.nextInt(1 + random.nextInt(120));
      auxiliary[i] = random.nextInt(100) < 72;
    }
    return PulseSeries.of(sensorId, timeNs, chargePe, auxiliary);
  }

  /** An event of one pulse. */
  static Event event(long id, int sensorId, float timeNs, float chargePe, boolean auxiliary) {
    return new Event(
        id,
        PulseSeries.of(
            new int[] {sensorId},
            new float[] {timeNs},
            new float[] {chargePe},
            new boolean[] {auxiliary}));
  }

  static List<Event> read(Path file) {
    var events = new ArrayList<Event>();
    try (EventReader reader = EventReader.open(file)) {
      for (Event event = reader.next(); event != null; event = reader.next()) {
        events.add(event);
      }
    }
    return events;
  }

  static Path write(Path file, List<Event> events) {
    try (BatchWriter writer = BatchWriter.create(file)) {
      events.forEach(writer::write);
    }
    return file;
  }

  /** The seed of a random test: {@code -Dicecube.seed} repeats a failure. */
  static long seed() {
    long seed = Long.getLong("icecube.seed", 0x5eed_0003L);
    System.out.println("-Dicecube.seed=" + seed);
    return seed;
  }
}
