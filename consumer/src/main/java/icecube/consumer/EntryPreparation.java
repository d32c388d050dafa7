// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.proto.EventCodec;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.v1.DeadLetter;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an entry's bytes, refuses what no direction can be made of, and builds the features of the
 * rest.
 *
 * <p>Every event of the entry comes out on exactly one side. Thread-safe.
 */
final class EntryPreparation {
  private static final String CRASH_LOOP_MESSAGE =
      "event: every consumer that was alone with it has died (expected: none); look at the"
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
    List<Event> sound = new ArrayList<>(events.size());
    List<DeadLetter> letters = new ArrayList<>(0);
    var deadDigest = EventDigest.ZERO;
    for (Event event : events) {
      var finding = EventDefect.find(event.pulses(), detector.geometry());
      if (finding.isPresent()) {
        var reason = Reasons.of(finding.get().defect());
        letters.add(
            SoundEvents.letter(event, batch.getDetector(), reason, finding.get().message()));
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

  /**
   * What becomes of an entry that kills whoever predicts it; asks nobody. A single event is a dead
   * letter; of several, all are left open, to go round again each alone, so that in the end only
   * the killer itself is one.
   */
  PreparedEntry crashLoop(DeliveredEntry entry) {
    try {
      var batch = EventBatch.parseFrom(entry.unpacked());
      List<Event> events = EventCodec.decode(batch);
      requireAsAppended(entry, batch);
      if (events.size() > 1) {
        return PreparedEntry.unpredicted(
            new SoundEvents(events, batch.getDetector()), batch.getEmittedUnixUs());
      }
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
  }

  /** The bytes go into the first letter; which events they were, nobody can say. */
  private static PreparedEntry unreadable(DeliveredEntry entry, String why) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(entry.payload());
    List<DeadLetter> letters = new ArrayList<>(entry.eventCount());
    for (int event = 0; event < entry.eventCount(); event++) {
      var letter =
          DeadLetter.newBuilder()
              .setReason(Reason.REASON_ENTRY_UNREADABLE)
              .setMessage("no EventBatch of what was appended: " + why);
      if (event == 0) {
        letter.setUnreadableEntry(bytes);
      }
      letters.add(letter.build());
    }
    return PreparedEntry.dead(letters, entry.digest());
  }
}
