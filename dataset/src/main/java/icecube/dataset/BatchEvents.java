// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.KaggleFolder.Batch;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All events of a folder with what its meta says of them: the events of each batch in file order,
 * then the events that the meta lists for the batch and that have no pulse there, as empty events.
 *
 * <p>Holds the meta rows of one batch, about 100 bytes an event; the meta file is read alongside,
 * once, as long as it is sorted by batch, which Kaggle's is. Confined to one thread.
 */
public final class BatchEvents implements AutoCloseable {
  private final Iterator<Batch> batches;
  private final @Nullable MetaReader meta;
  private final Map<Long, Map<Long, MetaRow>> early = new HashMap<>();
  private @Nullable MetaRow ahead;
  private Map<Long, MetaRow> listed = Map.of();
  private final Deque<MetaRow> withoutPulses = new ArrayDeque<>();
  private final java.util.Set<Long> seen = new java.util.HashSet<>();
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
    this.meta = folder.metaFile().map(MetaReader::open).orElse(null);
    this.ahead = meta == null ? null : meta.next();
  }

  /** Opens the batches of a folder, one after the other. */
  public static BatchEvents open(KaggleFolder folder) {
    return new BatchEvents(folder);
  }

  /** The next event, or null after the last of the last batch. */
  public @Nullable Entry next() {
    while (true) {
      if (reader != null) {
        Event event = reader.next();
        if (event != null) {
          seen.add(event.id());
          MetaRow row = listed.get(event.id());
          return new Entry(event, row == null ? null : row.truth());
        }
        reader.close();
        reader = null;
        listed.values().stream()
            .filter(row -> !seen.contains(row.eventId()))
            .forEach(withoutPulses::add);
        seen.clear();
      }
      MetaRow empty = withoutPulses.poll();
      if (empty != null) {
        return new Entry(new Event(empty.eventId(), PulseSeries.EMPTY), empty.truth());
      }
      if (!batches.hasNext()) {
        return null;
      }
      Batch batch = batches.next();
      listed = rowsOf(batch.id());
      reader = EventReader.open(batch.file());
    }
  }

  /** Reads the meta up to the end of the batch; rows of batches yet to come are kept. */
  private Map<Long, MetaRow> rowsOf(long batchId) {
    Map<Long, MetaRow> known = early.remove(batchId);
    Map<Long, MetaRow> rows = known == null ? new LinkedHashMap<>() : known;
    boolean started = !rows.isEmpty();
    while (ahead != null && meta != null) {
      if (ahead.batchId() == batchId) {
        started = true;
        rows.put(ahead.eventId(), ahead);
      } else if (started) {
        break;
      } else {
        early
            .computeIfAbsent(ahead.batchId(), id -> new LinkedHashMap<>())
            .put(ahead.eventId(), ahead);
      }
      ahead = meta.next();
    }
    return rows;
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
    if (meta != null) {
      meta.close();
    }
  }
}
