// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.google.protobuf.ByteString;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.proto.DeadLetterCodec;
import icecube.proto.EventCodec;
import icecube.stream.Completion;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/** Dead letters as the mesh writes them, and a log that has them. */
final class Letters {
  static final DetectorGeometry GEOMETRY = IceCube86.geometry();
  private static final int BACKLOG_MAX = 10_000;

  private Letters() {}

  /** Five pulses along one string, upwards in time. */
  static Event event(long id) {
    return new Event(
        id,
        PulseSeries.of(
            new int[] {50, 40, 30, 20, 10},
            new float[] {10_000, 10_600, 11_200, 11_800, 12_400},
            new float[] {1, 1, 1, 1, 1},
            new boolean[5]));
  }

  static List<Event> events(long... ids) {
    return LongStream.of(ids).mapToObj(Letters::event).toList();
  }

  static EventDigest digest(long... ids) {
    var digest = EventDigest.ZERO;
    for (long id : ids) {
      digest = digest.plus(id);
    }
    return digest;
  }

  static EventEntry entry(PayloadEncoding encoding, long... ids) {
    byte[] payload = encoding.pack(EventCodec.encode(events(ids), GEOMETRY).toByteArray());
    return new EventEntry(payload, ids.length, digest(ids), encoding, OutcomePart.NONE);
  }

  /** A letter with its event in it. */
  static DeadLetter letter(Reason reason, long id) {
    return DeadLetterCodec.encode(event(id), EventCodec.detector(GEOMETRY), reason, "test");
  }

  /** Letters for a whole entry that nobody could read, with its bytes. */
  static List<DeadLetter> unreadable(EventEntry entry) {
    var first =
        DeadLetter.newBuilder()
            .setReason(Reason.REASON_ENTRY_UNREADABLE)
            .setUnreadableEntry(ByteString.copyFrom(entry.payload()));
    var other = DeadLetter.newBuilder().setReason(Reason.REASON_ENTRY_UNREADABLE).build();
    return LongStream.range(0, entry.eventCount())
        .mapToObj(index -> index == 0 ? first.build() : other)
        .toList();
  }

  /** Appends an entry to a partition, as the only entry of its source or after the others. */
  static void append(EventLog log, int partition, EventEntry entry) {
    log.putGeometry(GEOMETRY);
    var mark = log.openProducer(partition, "source");
    long sequence = mark.lastSequence() + 1;
    log.append(partition, mark.epoch(), sequence, List.of(entry), BACKLOG_MAX);
    log.finishProducer(partition, mark.epoch(), sequence);
  }

  /** Appends an entry and dead-letters it whole, as a consumer does. */
  static void bury(EventLog log, int partition, EventEntry entry, List<DeadLetter> letters) {
    append(log, partition, entry);
    try (var reader = log.openReader(partition, "undertaker")) {
      DeliveredEntry held = reader.readNew(1, Duration.ofSeconds(5)).get(0);
      byte[] payload =
          DeadLetterBatch.newBuilder().addAllDeadLetters(letters).build().toByteArray();
      var part = new OutcomePart(payload, held.eventCount(), held.digest());
      log.complete(partition, new Completion("undertaker", held.id(), true, OutcomePart.NONE, part))
          .toCompletableFuture()
          .join();
    }
  }
}
