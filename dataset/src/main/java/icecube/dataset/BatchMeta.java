// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the meta lists for one batch, to be looked up by event: some 50 bytes an event. Remembers
 * which events were asked for. Confined to one thread.
 */
final class BatchMeta {
  /** The most events of one batch; Kaggle's have 200,000. */
  static final int EVENT_COUNT_MAX = 4_000_000;

  /** No event at all. */
  static final BatchMeta EMPTY = new BatchMeta(new long[0], new Direction[0], null);

  private final long[] eventId;
  private final @Nullable Direction[] truth;
  private final long @Nullable [] triggerTimeNs;
  private final int[] byId;
  private final BitSet seen = new BitSet();

  private BatchMeta(long[] eventId, @Nullable Direction[] truth, long @Nullable [] triggerTimeNs) {
    this.eventId = eventId;
    this.truth = truth;
    this.triggerTimeNs = triggerTimeNs;
    this.byId =
        IntStream.range(0, eventId.length)
            .boxed()
            .sorted(Comparator.comparingLong(row -> eventId[row]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  static BatchMeta of(Path file, MetaIndex index, long batchId) {
    long rowCount = index.rowCount(batchId);
    if (rowCount > EVENT_COUNT_MAX) {
      throw DatasetException.input(
          "%s: batch %d has %d events (expected: 0..%d); split the batch"
              .formatted(file, batchId, rowCount, EVENT_COUNT_MAX),
          null);
    }
    long[] eventId = new long[(int) rowCount];
    @Nullable Direction[] truth = new Direction[(int) rowCount];
    long @Nullable [] triggerTimeNs = null;
    int count = 0;
    try (MetaReader reader = MetaReader.openRuns(file, index.runsOf(batchId))) {
      for (MetaRow row = reader.next(); row != null; row = reader.next()) {
        eventId[count] = row.eventId();
        truth[count] = row.truth();
        if (row.triggerTimeNs() != null) {
          triggerTimeNs = triggerTimeNs == null ? new long[(int) rowCount] : triggerTimeNs;
          triggerTimeNs[count] = row.triggerTimeNs();
        }
        count++;
      }
    }
    return new BatchMeta(eventId, truth, triggerTimeNs);
  }

  /** The row of an event, negative if it is not listed; from now on the event counts as seen. */
  int see(long id) {
    int first = firstNotBelow(id);
    for (int at = first; at < byId.length && eventId[byId[at]] == id; at++) {
      seen.set(byId[at]);
    }
    return first < byId.length && eventId[byId[first]] == id ? byId[first] : -1;
  }

  /** Where the event of this row came from, if that is told; nothing of a negative row. */
  @Nullable Direction truth(int row) {
    return row < 0 ? null : truth[row];
  }

  /** When the event of this row triggered, if that is told; nothing of a negative row. */
  @Nullable Long triggerTimeNs(int row) {
    return row < 0 || triggerTimeNs == null ? null : (Long) triggerTimeNs[row];
  }

  private int firstNotBelow(long id) {
    int low = 0;
    int high = byId.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (eventId[byId[middle]] < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The next row, in file order, of an event that was not seen; negative if there is none. */
  int nextUnseen(int from) {
    int row = seen.nextClearBit(from);
    return row < eventId.length ? row : -1;
  }

  long eventId(int row) {
    return eventId[row];
  }
}
