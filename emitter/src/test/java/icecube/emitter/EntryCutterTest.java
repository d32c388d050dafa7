// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static icecube.emitter.ListSource.event;
import static icecube.emitter.ListSource.unsound;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.EventCodec;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.PayloadEncoding;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryCutterTest {
  @Test
  void anEntryEndsWithItsLastPermittedEvent() {
    assertThat(sizes(cut(ListSource.of(70), 32, 65_536))).containsExactly(32, 32, 6);
  }

  @Test
  void anEntryEndsWithTheEventThatFillsItsPulses() {
    var source =
        new ListSource(
            List.of(event(1, 60), event(2, 39), event(3, 1), event(4, 500), event(5, 99)));
    assertThat(sizes(cut(source, 32, 100))).containsExactly(3, 1, 1);
  }

  @Test
  void aSourceWithoutEventsHasNoEntry() {
    assertThat(cut(ListSource.of(0), 32, 100)).isEmpty();
  }

  @Test
  void eventsWithoutPulsesCountAsEvents() {
    var source = new ListSource(List.of(event(1, 0), event(2, 0), event(3, 0)));
    assertThat(sizes(cut(source, 2, 100))).containsExactly(2, 1);
  }

  @Test
  void theSecondEventWithAnIdIsTheDuplicate() {
    var source = new ListSource(List.of(event(7, 1), event(9, 1), event(7, 2), event(8, 1)));
    var entries = cut(source, 2, 100);
    assertThat(entries.get(0).refusals()).isEmpty();
    assertThat(entries.get(1).refusals())
        .extracting(Refusal::reason)
        .containsExactly(Reason.REASON_EVENT_ID_DUPLICATE);
    assertThat(entries.get(1).events()).containsExactly(event(8, 1));
  }

  @Test
  void refusedEventsCountTowardsTheCutSoThatItDoesNotDependOnThem() {
    var source =
        new ListSource(List.of(event(1, 0), unsound(2), event(3, 1), event(3, 60), event(4, 50)));
    assertThat(sizes(cut(source, 3, 100))).containsExactly(3, 2);
  }

  @Test
  void anUnsoundEventIsRefusedWithValueAndExpectation() throws Exception {
    var source = new ListSource(List.of(event(7, 1), unsound(8), event(7, 4)));
    var entry = encode(cut(source, 32, 100).get(0), source, "0-1", 123);
    assertThat(EventCodec.decode(EventBatch.parseFrom(entry.payload())))
        .containsExactly(event(7, 1));
    assertThat(entry.eventCount()).isEqualTo(1);
    assertThat(entry.digest()).isEqualTo(EventDigest.of(7));
    assertThat(entry.emittedCount()).isEqualTo(3);
    var letters = DeadLetterBatch.parseFrom(entry.deadLetters().payload()).getDeadLettersList();
    assertThat(letters)
        .extracting(DeadLetter::getReason)
        .containsExactly(Reason.REASON_SENSOR_UNKNOWN, Reason.REASON_EVENT_ID_DUPLICATE);
    assertThat(letters.get(1).getMessage())
        .isEqualTo("event_id: 7 came before (expected: once per source); number the events anew");
    assertThat(EventCodec.decode(letters.get(1).getEvent())).containsExactly(event(7, 4));
    assertThat(letters.get(1).getEvent().getDetector())
        .isEqualTo(EventCodec.detector(source.geometry()));
    assertThat(entry.deadLetters().eventCount()).isEqualTo(2);
    assertThat(entry.deadLetters().digest()).isEqualTo(EventDigest.of(7, 8));
  }

  @Test
  void aPackedEntryIsSmallerAndUnpacksToThePlainOne() {
    var source = ListSource.of(40);
    var entries = cut(source, 32, 1_000);
    assertThat(
            entries
                .get(0)
                .encode(
                    source.geometry(), "0-1", 1, PayloadEncoding.ZSTD, SendSpans.Sending.UNTRACED)
                .encoding())
        .isEqualTo(PayloadEncoding.ZSTD);
    var packed =
        entries
            .get(0)
            .encode(source.geometry(), "0-1", 1, PayloadEncoding.ZSTD, SendSpans.Sending.UNTRACED);
    var plain =
        entries
            .get(0)
            .encode(source.geometry(), "0-1", 1, PayloadEncoding.PLAIN, SendSpans.Sending.UNTRACED);
    assertThat(packed.payload()).hasSizeLessThan(plain.payload().length);
    assertThat(packed.encoding().unpack(packed.payload())).isEqualTo(plain.payload());
  }

  @Test
  void theTimesOfAnEntryAreThoseOfItsEvents() {
    assertThat(cut(ListSource.of(70), 32, 1_000))
        .extracting(CutEntry::span)
        .containsExactly(
            new TriggerSpan(0, 310_000_000),
            new TriggerSpan(320_000_000, 630_000_000),
            new TriggerSpan(640_000_000, 690_000_000));
  }

  @Test
  void anEntryNamesItsBatchDetectorAndTime() throws Exception {
    var source = ListSource.of(3);
    var entry = encode(cut(source, 32, 100).get(0), source, "3-17", 123);
    var batch = EventBatch.parseFrom(entry.payload());
    assertThat(batch.getBatchId()).isEqualTo("3-17");
    assertThat(batch.getEmittedUnixUs()).isEqualTo(123);
    assertThat(batch.getDetector()).isEqualTo(EventCodec.detector(source.geometry()));
  }

  @Test
  void anEntryMadeAgainDiffersOnlyInItsTime() throws Exception {
    var source = new ListSource(List.of(event(7, 3), event(7, 4), event(9, 2)));
    var first = EventBatch.parseFrom(encoded(source, 5));
    var second = EventBatch.parseFrom(encoded(source, 6));
    assertThat(second.toBuilder().setEmittedUnixUs(5).build()).isEqualTo(first);
  }

  private static byte[] encoded(ListSource source, long emittedUnixUs) {
    return encode(cut(source, 32, 100).get(0), source, "0-1", emittedUnixUs).payload();
  }

  private static EventEntry encode(
      CutEntry entry, ListSource source, String batchId, long emittedUnixUs) {
    return entry.encode(
        source.geometry(),
        batchId,
        emittedUnixUs,
        PayloadEncoding.PLAIN,
        SendSpans.Sending.UNTRACED);
  }

  private static List<CutEntry> cut(ListSource source, int eventsMax, int pulsesMax) {
    List<CutEntry> entries = new ArrayList<>();
    var settings = EmitterSettings.DEFAULT.withEntries(eventsMax, pulsesMax);
    try (var cursor = source.open()) {
      var cutter = new EntryCutter(cursor, new Door(source.geometry()), settings, 0, 0);
      for (var entry = cutter.next(); entry != null; entry = cutter.next()) {
        assertThat(entry.number()).isEqualTo(entries.size());
        entries.add(entry);
      }
      assertThat(cutter.eventsCut()).isEqualTo(source.events().size());
    }
    return entries;
  }

  private static List<Integer> sizes(List<CutEntry> entries) {
    return entries.stream().map(CutEntry::eventCount).toList();
  }
}
