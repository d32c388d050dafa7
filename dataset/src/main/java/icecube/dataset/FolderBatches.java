// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.BatchEvents.Position;
import icecube.dataset.KaggleFolder.Batch;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a folder, each to be read by itself: what several threads share who read one batch
 * each. The meta is indexed once for all of them, since that reads a column of all its rows.
 *
 * <p>Immutable and thread-safe; the readers it opens are confined to one thread each.
 */
public final class FolderBatches {
  private final List<Batch> batches;
  private final @Nullable Path metaFile;
  private final @Nullable MetaIndex index;

  private FolderBatches(List<Batch> batches, @Nullable Path metaFile, @Nullable MetaIndex index) {
    this.batches = batches;
    this.metaFile = metaFile;
    this.index = index;
  }

  /**
   * Indexes the meta of {@code folder}, if it has one; opens no batch yet.
   *
   * @throws DatasetException if the meta is damaged or lacks a column
   */
  public static FolderBatches of(KaggleFolder folder) {
    Path metaFile = folder.metaFile().orElse(null);
    return new FolderBatches(
        folder.batches(), metaFile, metaFile == null ? null : MetaIndex.of(metaFile));
  }

  /** The batch files, by number. */
  public List<Batch> batches() {
    return batches;
  }

  /** How many events the meta lists for these batches; empty without a meta. */
  public OptionalLong listedEventCount() {
    return index == null
        ? OptionalLong.empty()
        : OptionalLong.of(batches.stream().mapToLong(batch -> index.rowCount(batch.id())).sum());
  }

  /**
   * The events of one of the batches, then those without pulses that the meta lists for it.
   *
   * @throws DatasetException if the batch is damaged or lacks a column
   */
  public BatchEvents open(Batch batch) {
    return BatchEvents.open(List.of(batch), metaFile, index, Position.START);
  }
}
