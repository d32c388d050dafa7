// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.FeatureTable;
import icecube.physics.PulseSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Seeded domain values for the codec tests. */
final class Samples {
  private Samples() {}

  /** Ten sensors on two strings. */
  static DetectorGeometry geometry() {
    float[] x = new float[10];
    float[] y = new float[10];
    float[] z = new float[10];
    for (int sensor = 0; sensor < 10; sensor++) {
      x[sensor] = sensor < 5 ? 0 : 125;
      z[sensor] = sensor % 5 * 17f;
    }
    return DetectorGeometry.of("ten-sensors", x, y, z);
  }

  /** Events of 0..19 pulses with arbitrary values, unsound ones too. */
  static List<Event> events(RandomGenerator random, int count) {
    var events = new ArrayList<Event>();
    for (int event = 0; event < count; event++) {
      int pulses = random.nextInt(20);
      int[] sensorId = new int[pulses];
      float[] timeNs = new float[pulses];
      float[] chargePe = new float[pulses];
      boolean[] auxiliary = new boolean[pulses];
      for (int pulse = 0; pulse < pulses; pulse++) {
        sensorId[pulse] = random.nextInt();
        timeNs[pulse] = Float.intBitsToFloat(random.nextInt());
        chargePe[pulse] = random.nextFloat();
        auxiliary[pulse] = random.nextBoolean();
      }
      events.add(
          new Event(random.nextLong(), PulseSeries.of(sensorId, timeNs, chargePe, auxiliary)));
    }
    return events;
  }

  /** Features of events with 0..9 rows. */
  static FeatureTable table(RandomGenerator random, int events) {
    long[] eventId = new long[events];
    int[] rowCount = new int[events];
    int[] pulsesSeen = new int[events];
    int[] qualityBits = new int[events];
    int rows = 0;
    for (int event = 0; event < events; event++) {
      eventId[event] = random.nextLong();
      rowCount[event] = random.nextInt(10);
      pulsesSeen[event] = rowCount[event] + random.nextInt(3);
      qualityBits[event] = random.nextInt(16) << 1;
      rows += rowCount[event];
    }
    float[] values = new float[rows * FeatureTable.COLUMN_COUNT];
    for (int index = 0; index < values.length; index++) {
      values[index] = random.nextFloat() * 2 - 1;
    }
    return FeatureTable.owning(eventId, rowCount, pulsesSeen, qualityBits, values);
  }
}
