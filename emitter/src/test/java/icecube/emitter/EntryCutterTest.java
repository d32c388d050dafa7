// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static icecube.emitter.ListSource.event;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import icecube.proto.EventCodec;
import icecube.stream.EventDigest;
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
    var source = new ListSource(List.of(event(7, 1), event(-7, 1), event(7, 2), event(8, 1)));
    var entries = cut(source, 2, 100);
    assertThat(entries.get(0).duplicates()).isEmpty();
    assertThat(entries.get(1).duplicates()).containsExactly(0);
  }

  @Test
  void aDuplicateTravelsWithItsPulsesAndItsRejection() throws Exception {
    var source = new ListSource(List.of(event(7, 1), event(7, 4)));
    var geometry = source.geometry();
    var entry = cut(source, 32, 100).get(0).encode(geometry, "0-1", 123);
    var batch = EventBatch.parseFrom(entry.payload());
    assertThat(EventCodec.decode(batch)).isEqualTo(source.events());
    assertThat(batch.getRejectionsList())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.getEventIndex()).isEqualTo(1);
              assertThat(rejection.getReason()).isEqualTo(Reason.REASON_EVENT_ID_DUPLICATE);
              assertThat(rejection.getMessage())
                  .startsWith("event_id: 7 came before (expected: once per source)");
            });
    assertThat(entry.eventCount()).isEqualTo(2);
    assertThat(entry.digest()).isEqualTo(EventDigest.of(7, 7));
  }

  @Test
  void anEntryNamesItsBatchDetectorAndTime() throws Exception {
    var source = ListSource.of(3);
    var entry = cut(source, 32, 100).get(0).encode(source.geometry(), "3-17", 123);
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
    return cut(source, 32, 100).get(0).encode(source.geometry(), "0-1", emittedUnixUs).payload();
  }

  private static List<CutEntry> cut(ListSource source, int eventsMax, int pulsesMax) {
    List<CutEntry> entries = new ArrayList<>();
    try (var cursor = source.open()) {
      var cutter = new EntryCutter(cursor, eventsMax, pulsesMax);
      for (var entry = cutter.next(); entry != null; entry = cutter.next()) {
        entries.add(entry);
      }
    }
    List<Event> all = entries.stream().flatMap(entry -> entry.events().stream()).toList();
    assertThat(all).isEqualTo(source.events());
    return entries;
  }

  private static List<Integer> sizes(List<CutEntry> entries) {
    return entries.stream().map(CutEntry::eventCount).toList();
  }
}
