// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.proto.EventCodec;
import icecube.proto.FeatureCodec;
import icecube.v1.PredictRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Seeded events, requests of them, and where the repository's models stand. */
final class Samples {
  static final DetectorGeometry GEOMETRY = IceCube86.geometry();

  /** The models of the repository. */
  static final Path MODELS =
      Path.of(System.getProperty("basedir", ".")).resolve("../models").normalize();

  private Samples() {}

  /** A manifest that may be changed: without the sum of its lines. */
  static String unsealed(String manifest) {
    return manifest.replaceFirst("(?m)^manifest_sha256: .*\\R", "");
  }

  /** A sound event of {@code pulses} pulses at random sensors, with a drift upwards in time. */
  static Event event(RandomGenerator random, long id, int pulses) {
    int[] sensorId = new int[pulses];
    float[] timeNs = new float[pulses];
    float[] chargePe = new float[pulses];
    boolean[] auxiliary = new boolean[pulses];
    for (int pulse = 0; pulse < pulses; pulse++) {
      timeNs[pulse] = (float) (5_000 + random.nextDouble() * 8_000);
    }
    Arrays.sort(timeNs);
    for (int pulse = 0; pulse < pulses; pulse++) {
      int string = random.nextInt(78);
      int depth = (int) Math.min(59, (13_000 - timeNs[pulse]) / 8_000 * 50 + random.nextInt(10));
      sensorId[pulse] = string * 60 + depth;
      chargePe[pulse] = (float) Math.exp(random.nextDouble() * 4 - 1);
      auxiliary[pulse] = random.nextInt(10) < 3;
    }
    return new Event(id, PulseSeries.of(sensorId, timeNs, chargePe, auxiliary));
  }

  /** Events of 3 to 99 pulses with ids from 1. */
  static List<Event> events(RandomGenerator random, int count) {
    var events = new ArrayList<Event>();
    for (int index = 0; index < count; index++) {
      events.add(event(random, index + 1L, 3 + random.nextInt(97)));
    }
    return events;
  }

  static FeatureTable table(RandomGenerator random, int count) {
    return new FeatureBuilder(GEOMETRY, FeatureBuilder.ROW_COUNT_MAX).build(events(random, count));
  }

  static PredictRequest.Builder eventsRequest(List<Event> events) {
    return PredictRequest.newBuilder().setEvents(EventCodec.encode(events, GEOMETRY));
  }

  /** One event whose first row the echo makes a vector of. */
  static PredictRequest.Builder upwards() {
    return featuresRequest(
        FeatureTable.owning(
            new long[] {1},
            new int[] {1},
            new int[] {1},
            new int[] {0},
            new float[] {0, 0, 1, 0, 5, 0}));
  }

  static PredictRequest.Builder featuresRequest(FeatureTable table) {
    return PredictRequest.newBuilder().setFeatures(FeatureCodec.encode(table));
  }
}
