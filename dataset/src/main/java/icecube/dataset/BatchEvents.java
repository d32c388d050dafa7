// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.KaggleFolder.Batch;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * All events of a folder with what its meta says of them: the events of each batch in file order,
 * then, as empty events and in the order of the meta, those that the meta lists for the batch and
 * that have no pulse there. Works without a meta, too.
 *
 * <p>Holds one event and the meta of one batch. Confined to one thread.
 */
public final class BatchEvents implements AutoCloseable {
  private final Iterator<Batch> batches;
  private final @Nullable Path metaFile;
  private final @Nullable MetaIndex index;
  private BatchMeta meta = BatchMeta.EMPTY;
  private int unseenFrom;
  private @Nullable EventReader reader;

  /**
   * An event and its truth.
   *
   * @param event the event; without pulses if only the meta knows it
   * @param truth where it came from, if the meta tells it
   */
  public record Entry(Event event, @Nullable Direction truth) {}

  private BatchEvents(KaggleFolder folder) {
    this.batches = folder.batches().iterator();
    this.metaFile = folder.metaFile().orElse(null);
    this.index = metaFile == null ? null : MetaIndex.of(metaFile);
  }

  /**
   * Opens the batches of a folder, one after the other.
   *
   * @throws DatasetException if its meta is damaged or lacks a column
   */
  public static BatchEvents open(KaggleFolder folder) {
    return new BatchEvents(folder);
  }

  /**
   * The next event, or null after the last of the last batch.
   *
   * @throws DatasetException if a file turns out to be damaged here
   */
  public @Nullable Entry next() {
    do {
      Entry entry = reader == null ? null : nextOf(reader);
      entry = entry == null ? nextUnseen() : entry;
      if (entry != null) {
        return entry;
      }
    } while (openNextBatch());
    return null;
  }

  /** The next event with pulses; null when the batch is at its end, and the reader with it. */
  private @Nullable Entry nextOf(EventReader batch) {
    Event event = batch.next();
    if (event == null) {
      batch.close();
      reader = null;
      return null;
    }
    return new Entry(event, meta.see(event.id()));
  }

  private @Nullable Entry nextUnseen() {
    int row = meta.nextUnseen(unseenFrom);
    if (row < 0) {
      return null;
    }
    unseenFrom = row + 1;
    long id = meta.eventId(row);
    return new Entry(new Event(id, PulseSeries.EMPTY), meta.see(id));
  }

  private boolean openNextBatch() {
    if (!batches.hasNext()) {
      return false;
    }
    Batch batch = batches.next();
    if (metaFile != null && index != null) {
      meta = BatchMeta.of(metaFile, index, batch.id());
    }
    unseenFrom = 0;
    reader = EventReader.open(batch.file());
    return true;
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
