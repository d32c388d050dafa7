// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.v1.Detector;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Events as an {@link EventBatch} and back, bit for bit, sound or not: whether an event may be
 * predicted is {@link icecube.physics.EventDefect}'s question, not the codec's.
 *
 * <p>Stateless and thread-safe.
 */
public final class EventCodec {
  private EventCodec() {}

  /** The batch that holds {@code events} in their order; batch id and emission time stay unset. */
  public static EventBatch encode(List<Event> events, DetectorGeometry geometry) {
    return encode(events, detector(geometry));
  }

  /** The same for a detector that is known by name only. */
  public static EventBatch encode(List<Event> events, Detector detector) {
    var batch = EventBatch.newBuilder().setDetector(detector);
    for (Event event : events) {
      var pulses = event.pulses();
      batch.addEventId(event.id()).addPulseCount(pulses.count());
      for (int pulse = 0; pulse < pulses.count(); pulse++) {
        batch.addSensorId(pulses.sensorId(pulse));
        batch.addTimeNs(pulses.timeNs(pulse));
        batch.addChargePe(pulses.chargePe(pulse));
        batch.addAuxiliary(pulses.auxiliary(pulse));
      }
    }
    return batch.build();
  }

  /** How a message names the detector of this geometry. */
  public static Detector detector(DetectorGeometry geometry) {
    return Detector.newBuilder()
        .setGeometryId(geometry.id())
        .setGeometryHash(geometry.hash())
        .build();
  }

  /**
   * The events of {@code batch} in its order.
   *
   * @throws ReasonException {@code COLUMNS_MISMATCHED} if the columns disagree in length
   */
  public static List<Event> decode(EventBatch batch) {
    requireColumnsMatch(batch);
    int pulseCount = batch.getSensorIdCount();
    int[] sensorId = new int[pulseCount];
    float[] timeNs = new float[pulseCount];
    float[] chargePe = new float[pulseCount];
    boolean[] auxiliary = new boolean[pulseCount];
    for (int pulse = 0; pulse < pulseCount; pulse++) {
      sensorId[pulse] = batch.getSensorId(pulse);
      timeNs[pulse] = batch.getTimeNs(pulse);
      chargePe[pulse] = batch.getChargePe(pulse);
      auxiliary[pulse] = batch.getAuxiliary(pulse);
    }
    var events = new ArrayList<Event>(batch.getEventIdCount());
    int from = 0;
    for (int event = 0; event < batch.getEventIdCount(); event++) {
      int to = from + batch.getPulseCount(event);
      var pulses = PulseSeries.copyOf(sensorId, timeNs, chargePe, auxiliary, from, to);
      events.add(new Event(batch.getEventId(event), pulses));
      from = to;
    }
    return events;
  }

  private static void requireColumnsMatch(EventBatch batch) {
    if (batch.getPulseCountCount() != batch.getEventIdCount()) {
      throw new ReasonException(
          Reason.REASON_COLUMNS_MISMATCHED,
          "event columns: event_id %d, pulse_count %d (expected: equal lengths)"
              .formatted(batch.getEventIdCount(), batch.getPulseCountCount()));
    }
    long pulses = 0;
    for (int event = 0; event < batch.getPulseCountCount(); event++) {
      pulses += Integer.toUnsignedLong(batch.getPulseCount(event));
    }
    boolean match =
        batch.getSensorIdCount() == pulses
            && batch.getTimeNsCount() == pulses
            && batch.getChargePeCount() == pulses
            && batch.getAuxiliaryCount() == pulses;
    if (!match) {
      throw new ReasonException(
          Reason.REASON_COLUMNS_MISMATCHED,
          "pulse columns: sensor_id %d, time_ns %d, charge_pe %d, auxiliary %d (expected: %d each, the sum of pulse_count)"
              .formatted(
                  batch.getSensorIdCount(),
                  batch.getTimeNsCount(),
                  batch.getChargePeCount(),
                  batch.getAuxiliaryCount(),
                  pulses));
    }
  }
}
