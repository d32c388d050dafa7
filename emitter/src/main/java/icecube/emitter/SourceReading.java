// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.v1.Reason;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a source, one after the other, and the way back to earlier ones.
 *
 * <p>While it reads it keeps {@link Checkpoints}, so that going back does not mean reading from the
 * start; a source whose cursors do not tell their position is read from its start nevertheless.
 * Holds one entry. Confined to one thread.
 */
final class SourceReading implements AutoCloseable {
  private final EventSource source;
  private final EmitterSettings settings;
  private final Door door;
  private final Checkpoints checkpoints;
  private long[] eventsByPartition;
  private long entriesTaken;
  private @Nullable EventCursor cursor;
  private @Nullable EntryCutter cutter;
  private @Nullable CutEntry ahead;

  SourceReading(EventSource source, EmitterSettings settings, int partitionCount) {
    this.source = source;
    this.settings = settings;
    this.door = new Door(source.geometry());
    this.checkpoints = new Checkpoints(partitionCount);
    this.eventsByPartition = new long[partitionCount];
  }

  boolean isOpen() {
    return cutter != null;
  }

  /**
   * Begins at the latest place known before which the log lacks nothing, and tells it.
   *
   * @param entriesHeld entries that the log holds or has held, by partition
   */
  Checkpoint openBefore(long[] entriesHeld) {
    close();
    Checkpoint from = checkpoints.lastHeldBy(entriesHeld);
    SourcePosition position = from.position();
    EventCursor opened = position == null ? source.open() : source.open(position);
    cursor = opened;
    cutter = new EntryCutter(opened, door, settings, from.entries(), from.events());
    entriesTaken = from.entries();
    eventsByPartition = from.eventsByPartition().clone();
    return from;
  }

  /** The next entry, without taking it; null after the last. */
  @Nullable CutEntry peek() {
    CutEntry next = ahead;
    if (next == null && cutter != null) {
      next = cutter.next();
      ahead = next;
    }
    return next;
  }

  /** Takes the entry that {@link #peek} told. */
  void take(CutEntry taken) {
    ahead = null;
    entriesTaken++;
    eventsByPartition[partitionOf(taken)] += taken.eventCount();
    EventCursor open = cursor;
    if (open != null && checkpoints.wants(entriesTaken)) {
      SourcePosition position = open.position();
      if (position != null) {
        checkpoints.add(new Checkpoint(entriesTaken, eventsByPartition.clone(), position));
      }
    }
  }

  /** The partition that an entry belongs to. */
  int partitionOf(CutEntry entry) {
    return (int) (entry.number() % eventsByPartition.length);
  }

  /** Entries taken since the source's start, those taken again not counted twice. */
  long entriesTaken() {
    return entriesTaken;
  }

  /** Places kept to go back to. */
  int checkpointCount() {
    return checkpoints.count();
  }

  /** Events refused so far, by reason. */
  Map<Reason, Long> refused() {
    return door.refused();
  }

  @Override
  public void close() {
    EventCursor open = cursor;
    cursor = null;
    cutter = null;
    ahead = null;
    if (open != null) {
      open.close();
    }
  }
}
