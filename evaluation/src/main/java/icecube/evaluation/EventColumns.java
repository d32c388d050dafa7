// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bins that events belong to, four to an int, and what follows from them for errors that stand
 * in the same order. Confined to one thread.
 */
final class EventColumns {
  private int[] tags = new int[1_024];
  private int count;

  void add(EventTruth truth) {
    if (count == tags.length) {
      tags = Arrays.copyOf(tags, count + (count >> 1));
    }
    tags[count++] = Binning.tagOf(truth);
  }

  int count() {
    return count;
  }

  /** Whether any event is in a bin at all. */
  boolean isKnown(Binning binning) {
    for (int event = 0; event < count; event++) {
      if (binning.binOf(tags[event]) >= 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * One row for each bin, empty ones included; compared with {@code reference} unless it is null.
   */
  List<GroupRow> rows(Binning binning, FloatColumn errorsRad, @Nullable FloatColumn reference) {
    int binCount = binning.bins().size();
    int[] starts = new int[binCount + 1];
    MeanAndError[] differences = new MeanAndError[binCount];
    Arrays.setAll(differences, bin -> new MeanAndError());
    for (int event = 0; event < count; event++) {
      int bin = binning.binOf(tags[event]);
      if (bin >= 0) {
        starts[bin + 1]++;
        if (reference != null) {
          differences[bin].add((double) errorsRad.at(event) - reference.at(event));
        }
      }
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    float[] sorted = sortedByBin(binning, errorsRad, starts);
    List<GroupRow> rows = new ArrayList<>();
    for (int bin = 0; bin < binCount; bin++) {
      rows.add(
          new GroupRow(
              binning.word(),
              binning.bins().get(bin),
              ErrorSummary.ofSorted(sorted, starts[bin], starts[bin + 1]),
              differences[bin].toDifference()));
    }
    return rows;
  }

  private float[] sortedByBin(Binning binning, FloatColumn errorsRad, int[] starts) {
    float[] sorted = new float[starts[starts.length - 1]];
    int[] next = starts.clone();
    for (int event = 0; event < count; event++) {
      int bin = binning.binOf(tags[event]);
      if (bin >= 0) {
        sorted[next[bin]++] = errorsRad.at(event);
      }
    }
    for (int bin = 0; bin + 1 < starts.length; bin++) {
      Arrays.sort(sorted, starts[bin], starts[bin + 1]);
    }
    return sorted;
  }
}
