// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.KaggleFolder.Batch;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All events of a folder with what its meta says of them: the events of each batch in file order,
 * then, as empty events and in the order of the meta, those that the meta lists for the batch and
 * that have no pulse there. Works without a meta, too.
 *
 * <p>Holds one event and the meta of one batch. Confined to one thread.
 */
public final class BatchEvents implements AutoCloseable {
  private final List<Batch> batches;
  private final @Nullable Path metaFile;
  private final @Nullable MetaIndex index;
  private BatchMeta meta = BatchMeta.EMPTY;
  private int batchIndex;
  private long rowsPassed;
  private int unseenFrom;
  private @Nullable EventReader reader;

  /**
   * An event and what the meta says of it.
   *
   * @param event the event; without pulses if only the meta knows it
   * @param truth where it came from, if the meta tells it
   * @param triggerTimeNs when the detector triggered, ns since the first event of the data set, if
   *     the meta tells it
   * @param energyGev energy of the particles that gave the light, GeV, if the meta tells it
   * @param isTrack whether it is a track, not a cascade, if the meta tells it
   */
  public record Entry(
      Event event,
      @Nullable Direction truth,
      @Nullable Long triggerTimeNs,
      @Nullable Double energyGev,
      @Nullable Boolean isTrack) {}

  /**
   * A place between two events of a folder.
   *
   * @param batch batches before the one it lies in
   * @param row rows of that batch before it
   * @param metaRow rows that the meta has for that batch and whose events without pulses lie before
   *     it
   */
  public record Position(int batch, long row, int metaRow) {
    /** Before the first event. */
    public static final Position START = new Position(0, 0, 0);
  }

  private BatchEvents(List<Batch> batches, @Nullable Path metaFile, @Nullable MetaIndex index) {
    this.batches = batches;
    this.metaFile = metaFile;
    this.index = index;
  }

  /**
   * Opens the batches of a folder, one after the other.
   *
   * @throws DatasetException if its meta or its first batch is damaged or lacks a column
   */
  public static BatchEvents open(KaggleFolder folder) {
    return open(folder, Position.START);
  }

  /**
   * The same from a place on that another reading of the folder was at. Of what comes before it
   * only the event ids of the same batch are read, and those only if there is a meta.
   */
  public static BatchEvents open(KaggleFolder folder, Position from) {
    Path metaFile = folder.metaFile().orElse(null);
    return open(folder.batches(), metaFile, metaFile == null ? null : MetaIndex.of(metaFile), from);
  }

  /** The events of {@code batches}, whose meta has been indexed already. */
  static BatchEvents open(
      List<Batch> batches, @Nullable Path metaFile, @Nullable MetaIndex index, Position from) {
    var events = new BatchEvents(batches, metaFile, index);
    if (from.batch() < batches.size()) {
      events.openBatch(from);
    }
    return events;
  }

  /** Where the next event stands. */
  public Position position() {
    return new Position(batchIndex, reader == null ? rowsPassed : reader.row(), unseenFrom);
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
      rowsPassed = batch.row();
      batch.close();
      reader = null;
      return null;
    }
    return entry(event);
  }

  private @Nullable Entry nextUnseen() {
    int row = meta.nextUnseen(unseenFrom);
    if (row < 0) {
      return null;
    }
    unseenFrom = row + 1;
    return entry(new Event(meta.eventId(row), PulseSeries.EMPTY));
  }

  private Entry entry(Event event) {
    int row = meta.see(event.id());
    return new Entry(
        event, meta.truth(row), meta.triggerTimeNs(row), meta.energyGev(row), meta.isTrack(row));
  }

  private boolean openNextBatch() {
    if (batchIndex + 1 >= batches.size()) {
      return false;
    }
    openBatch(new Position(batchIndex + 1, 0, 0));
    return true;
  }

  private void openBatch(Position from) {
    Batch batch = batches.get(from.batch());
    batchIndex = from.batch();
    if (metaFile != null && index != null) {
      meta = BatchMeta.of(metaFile, index, batch.id());
      seeAllBefore(batch, from);
    }
    unseenFrom = from.metaRow();
    reader = EventReader.open(batch.file(), from.row());
  }

  /** Which events the meta lists in vain shows only once all ids of the batch have been seen. */
  private void seeAllBefore(Batch batch, Position from) {
    if (from.row() > 0) {
      EventReader.eachIdBefore(batch.file(), from.row(), meta::see);
    }
    for (int row = meta.nextUnseen(0);
        row >= 0 && row < from.metaRow();
        row = meta.nextUnseen(row + 1)) {
      meta.see(meta.eventId(row));
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
