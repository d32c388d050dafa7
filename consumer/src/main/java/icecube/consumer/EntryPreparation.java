// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.proto.EventCodec;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.v1.DeadLetter;
import icecube.v1.Detector;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import icecube.v1.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an entry's bytes, refuses what no direction can be made of, and builds the features of the
 * rest.
 *
 * <p>Every event of the entry comes out on exactly one side. Thread-safe.
 */
final class EntryPreparation {
  private static final String CRASH_LOOP_MESSAGE =
      "entry: every consumer that was alone with it has died (expected: none); look at the"
          + " consumers' last words and at the event";

  private final Detectors detectors;

  EntryPreparation(Detectors detectors) {
    this.detectors = detectors;
  }

  /**
   * What is in the entry. Bytes that are no sound EventBatch are dead letters without ids, as many
   * as the log says the entry has events.
   *
   * @throws ReasonException {@code DETECTOR_UNKNOWN}, which is not the entry's fault
   * @throws icecube.stream.EventLogException if the log does not answer
   */
  PreparedEntry prepare(DeliveredEntry entry) {
    EventBatch batch;
    List<Event> events;
    try {
      batch = EventBatch.parseFrom(entry.unpacked());
      events = EventCodec.decode(batch);
      requireAsAppended(entry, batch);
    } catch (InvalidProtocolBufferException | ReasonException e) {
      return unreadable(entry, String.valueOf(e.getMessage()));
    }
    var detector = detectors.find(batch.getDetector().getGeometryHash());
    Map<Integer, Rejection> rejected = new HashMap<>();
    batch.getRejectionsList().forEach(r -> rejected.put(r.getEventIndex(), r));
    List<Event> sound = new ArrayList<>(events.size());
    List<DeadLetter> letters = new ArrayList<>(0);
    var deadDigest = EventDigest.ZERO;
    for (int index = 0; index < events.size(); index++) {
      Event event = events.get(index);
      var letter = refusal(event, rejected.get(index), batch.getDetector(), detector.geometry());
      if (letter.isPresent()) {
        letters.add(letter.get());
        deadDigest = deadDigest.plus(event.id());
      } else {
        sound.add(event);
      }
    }
    return new PreparedEntry(
        new SoundEvents(sound, batch.getDetector()),
        FeatureCodec.encode(detector.features().build(sound)),
        letters,
        deadDigest,
        batch.getEmittedUnixUs());
  }

  /** What the emitter has refused stays refused; everything else is looked at here. */
  private static Optional<DeadLetter> refusal(
      Event event, @Nullable Rejection rejection, Detector detector, DetectorGeometry geometry) {
    if (rejection != null) {
      return Optional.of(
          SoundEvents.letter(event, detector, rejection.getReason(), rejection.getMessage()));
    }
    return EventDefect.find(event.pulses(), geometry)
        .map(
            finding ->
                SoundEvents.letter(
                    event, detector, Reasons.of(finding.defect()), finding.message()));
  }

  /** Dead letters for every event of an entry that kills whoever predicts it; asks nobody. */
  PreparedEntry crashLoop(DeliveredEntry entry) {
    try {
      var batch = EventBatch.parseFrom(entry.unpacked());
      List<Event> events = EventCodec.decode(batch);
      requireAsAppended(entry, batch);
      List<DeadLetter> letters = new ArrayList<>(events.size());
      for (Event event : events) {
        letters.add(
            SoundEvents.letter(
                event, batch.getDetector(), Reason.REASON_CRASH_LOOP, CRASH_LOOP_MESSAGE));
      }
      return PreparedEntry.dead(letters, entry.digest());
    } catch (InvalidProtocolBufferException | ReasonException e) {
      return unreadable(entry, String.valueOf(e.getMessage()));
    }
  }

  private static void requireAsAppended(DeliveredEntry entry, EventBatch batch) {
    var digest = EventDigest.ZERO;
    for (int index = 0; index < batch.getEventIdCount(); index++) {
      digest = digest.plus(batch.getEventId(index));
    }
    boolean isSame = batch.getEventIdCount() == entry.eventCount() && digest.equals(entry.digest());
    if (!isSame) {
      throw new ReasonException(
          Reason.REASON_ENTRY_UNREADABLE,
          "entry: %d events (expected: the %d that were appended)"
              .formatted(batch.getEventIdCount(), entry.eventCount()));
    }
    for (Rejection rejection : batch.getRejectionsList()) {
      int index = rejection.getEventIndex();
      if (index < 0 || index >= entry.eventCount()) {
        throw new ReasonException(
            Reason.REASON_ENTRY_UNREADABLE,
            "rejections: event_index %s (expected: 0..%d)"
                .formatted(Integer.toUnsignedString(index), entry.eventCount() - 1));
      }
    }
  }

  /** The bytes go into the first letter; which events they were, nobody can say. */
  private static PreparedEntry unreadable(DeliveredEntry entry, String why) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(entry.payload());
    List<DeadLetter> letters = new ArrayList<>(entry.eventCount());
    for (int event = 0; event < entry.eventCount(); event++) {
      var letter =
          DeadLetter.newBuilder()
              .setReason(Reason.REASON_ENTRY_UNREADABLE)
              .setMessage("entry: " + why + " (expected: an EventBatch)");
      if (event == 0) {
        letter.setUnreadableEntry(bytes);
      }
      letters.add(letter.build());
    }
    return PreparedEntry.dead(letters, entry.digest());
  }
}
