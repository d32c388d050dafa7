// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.proto.DeadLetterCodec;
import icecube.proto.EventCodec;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Detector;
import icecube.v1.Reason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of one entry, before they are bytes.
 *
 * @param number entries of the source before it
 * @param events those that go on
 * @param refusals those that do not: they become dead letters where the entry is appended
 * @param span when they triggered; null if the source does not know
 */
record CutEntry(
    long number, List<Event> events, List<Refusal> refusals, @Nullable TriggerSpan span) {
  /** Sensor, time, charge and flag of one pulse in memory. */
  private static final long PULSE_BYTES = 13;

  /** The objects around the pulses of one event, about. */
  private static final long EVENT_BYTES = 160;

  CutEntry {
    events = List.copyOf(events);
    refusals = List.copyOf(refusals);
  }

  int eventCount() {
    return events.size() + refusals.size();
  }

  /** What it takes in memory, about. */
  long sizeBytes() {
    long pulses = 0;
    for (Event event : events) {
      pulses += event.pulses().count();
    }
    for (Refusal refusal : refusals) {
      pulses += refusal.event().pulses().count();
    }
    return pulses * PULSE_BYTES + eventCount() * EVENT_BYTES;
  }

  /** How many events are refused, by reason. */
  Map<Reason, Integer> refused() {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    refusals.forEach(refusal -> counts.merge(refusal.reason(), 1, Integer::sum));
    return counts;
  }

  /**
   * The entry as the log takes it. Only the time differs when the same entry is made again. It is
   * packed only if that is smaller, and small enough to be unpacked.
   *
   * @param sending the span that sends it
   */
  EventEntry encode(
      DetectorGeometry geometry,
      String batchId,
      long emittedUnixUs,
      PayloadEncoding encoding,
      SendSpans.Sending sending) {
    byte[] plain =
        EventCodec.encode(events, geometry).toBuilder()
            .setBatchId(batchId)
            .setEmittedUnixUs(emittedUnixUs)
            .build()
            .toByteArray();
    var digest = EventDigest.of(events.stream().mapToLong(Event::id).toArray());
    OutcomePart letters = letters(EventCodec.detector(geometry), sending.letterTraceparent());
    String traceparent = sending.traceparent();
    if (plain.length <= PayloadEncoding.UNPACKED_SIZE_MAX) {
      byte[] packed = encoding.pack(plain);
      if (packed.length < plain.length) {
        return new EventEntry(packed, events.size(), digest, encoding, letters, traceparent);
      }
    }
    return new EventEntry(
        plain, events.size(), digest, PayloadEncoding.PLAIN, letters, traceparent);
  }

  private OutcomePart letters(Detector detector, String traceparent) {
    if (refusals.isEmpty()) {
      return OutcomePart.NONE;
    }
    var batch = DeadLetterBatch.newBuilder().setTraceparent(traceparent);
    var digest = EventDigest.ZERO;
    for (Refusal refusal : refusals) {
      batch.addDeadLetters(
          DeadLetterCodec.encode(refusal.event(), detector, refusal.reason(), refusal.message()));
      digest = digest.plus(refusal.event().id());
    }
    return new OutcomePart(batch.build().toByteArray(), refusals.size(), digest);
  }
}
