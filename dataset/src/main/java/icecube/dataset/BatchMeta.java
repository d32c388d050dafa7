// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the meta lists for one batch, to be looked up by event: some 60 bytes an event. Remembers
 * which events were asked for. Confined to one thread.
 */
final class BatchMeta {
  /** The most events of one batch; Kaggle's have 200,000. */
  static final int EVENT_COUNT_MAX = 4_000_000;

  /** No event at all. */
  static final BatchMeta EMPTY = new BatchMeta(new Columns(0));

  private final long[] eventId;
  private final Columns columns;
  private final int[] byId;
  private final BitSet seen = new BitSet();

  /** What is told of the events, row by row. */
  private static final class Columns {
    final long[] eventId;
    final @Nullable Direction[] truth;
    long @Nullable [] triggerTimeNs;
    double @Nullable [] energyGev;
    @Nullable BitSet track;

    Columns(int rowCount) {
      eventId = new long[rowCount];
      truth = new Direction[rowCount];
    }

    void put(int at, MetaRow row) {
      eventId[at] = row.eventId();
      truth[at] = row.truth();
      if (row.triggerTimeNs() != null) {
        triggerTimeNs = triggerTimeNs == null ? new long[eventId.length] : triggerTimeNs;
        triggerTimeNs[at] = row.triggerTimeNs();
      }
      if (row.energyGev() != null) {
        energyGev = energyGev == null ? new double[eventId.length] : energyGev;
        energyGev[at] = row.energyGev();
      }
      if (row.isTrack() != null) {
        track = track == null ? new BitSet(eventId.length) : track;
        track.set(at, row.isTrack());
      }
    }
  }

  private BatchMeta(Columns columns) {
    this.columns = columns;
    this.eventId = columns.eventId;
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
    Columns columns = new Columns((int) rowCount);
    int count = 0;
    try (MetaReader reader = MetaReader.openRuns(file, index.runsOf(batchId))) {
      for (MetaRow row = reader.next(); row != null; row = reader.next()) {
        columns.put(count++, row);
      }
    }
    return new BatchMeta(columns);
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
    return row < 0 ? null : columns.truth[row];
  }

  /** When the event of this row triggered, if that is told; nothing of a negative row. */
  @Nullable Long triggerTimeNs(int row) {
    long @Nullable [] timesNs = columns.triggerTimeNs;
    return (row < 0 || timesNs == null) ? null : (Long) timesNs[row];
  }

  /** Energy of the event of this row, GeV, if that is told; nothing of a negative row. */
  @Nullable Double energyGev(int row) {
    double @Nullable [] energiesGev = columns.energyGev;
    return (row < 0 || energiesGev == null) ? null : (Double) energiesGev[row];
  }

  /** Whether the event of this row is a track, if that is told; nothing of a negative row. */
  @Nullable Boolean isTrack(int row) {
    BitSet tracks = columns.track;
    return (row < 0 || tracks == null) ? null : (Boolean) tracks.get(row);
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
