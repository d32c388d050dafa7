// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.BatchEvents;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.v1.EventResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many events are asked for at once, and how many are under way. */
@Timeout(60)
final class ScoringLineTest {
  private final ExecutorService workers = BatchWork.pool("score", 1);
  private final Queue<Integer> chunks = new ConcurrentLinkedQueue<>();
  private final List<Long> taken = new ArrayList<>();
  private final ScoringLine line =
      new ScoringLine(
          events -> {
            chunks.add(events.size());
            return events.stream().map(event -> EventResult.getDefaultInstance()).toList();
          },
          workers,
          1,
          (entry, result) -> taken.add(entry.event().id()));

  @AfterEach
  void stop() {
    BatchWork.stop(workers, "score");
  }

  private static BatchEvents.Entry entry(long id, int pulses) {
    PulseSeries series =
        PulseSeries.of(new int[pulses], new float[pulses], new float[pulses], new boolean[pulses]);
    return new BatchEvents.Entry(new Event(id, series), null, null, null, null);
  }

  @Test
  void aChunkEndsAtItsMostEvents() throws InterruptedException {
    for (int id = 0; id <= ScoringLine.CHUNK_EVENTS_MAX; id++) {
      line.add(entry(id, 1));
    }
    line.finish();
    assertThat(chunks).containsExactly(ScoringLine.CHUNK_EVENTS_MAX, 1);
    assertThat(taken)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(0, ScoringLine.CHUNK_EVENTS_MAX).boxed().toList());
  }

  @Test
  void aChunkOfBrightEventsEndsAtItsMostPulses() throws InterruptedException {
    int half = ScoringLine.CHUNK_PULSES_MAX / 2;
    for (int pulses : new int[] {half, half - 1, 1, half, half}) {
      line.add(entry(1, pulses));
    }
    line.finish();
    assertThat(chunks).containsExactly(3, 2);
  }

  @Test
  void noMoreThanTwoChunksAWorkerAreUnderWay() throws InterruptedException {
    int chunk = ScoringLine.CHUNK_EVENTS_MAX;
    for (int id = 0; id < 2 * chunk; id++) {
      line.add(entry(id, 1));
    }
    assertThat(taken).isEmpty();
    for (int id = 0; id < chunk; id++) {
      line.add(entry(id, 1));
    }
    assertThat(taken).hasSize(chunk);
    line.finish();
    assertThat(taken).hasSize(3 * chunk);
  }

  @Test
  void aModelThatAnswersTooFewIsAFault() throws InterruptedException {
    ScoringLine mute = new ScoringLine(events -> List.of(), workers, 1, (entry, result) -> {});
    mute.add(entry(1, 1));
    assertThatThrownBy(mute::finish).hasMessage("results: 0 (expected: 1, one an event)");
  }
}
