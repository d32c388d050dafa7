// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits, in two lanes: the oldest realtime request first, but every {@value #ARCHIVE_TURN}th
 * time the oldest of the archive, so that bulk work goes on under any load.
 *
 * <p>Knows how many events and bytes wait, and for how long. Not thread-safe: the queue's lock
 * guards it.
 */
final class RequestBacklog {
  /** One of so many turns is the archive's if something waits there. */
  static final int ARCHIVE_TURN = 8;

  /** How far behind the oldest a request of the same model is looked for. */
  static final int LOOK_AHEAD_MAX = 64;

  private final Deque<RequestRun> realtime = new ArrayDeque<>();
  private final Deque<RequestRun> archive = new ArrayDeque<>();
  private int turns;
  private int events;
  private long bytes;
  private long realtimeNanos;
  private long archiveNanos;

  /** Adds {@code run}, or what is left of it, behind all others of its lane. */
  void add(RequestRun run) {
    laneOf(run).add(run);
    count(run, 1);
  }

  /** The next to run; null if nothing waits. */
  @Nullable RequestRun poll() {
    turns++;
    boolean isArchiveTurn = realtime.isEmpty() || turns % ARCHIVE_TURN == 0;
    var run = isArchiveTurn ? archive.poll() : null;
    if (run == null) {
      run = realtime.poll();
    }
    if (run != null) {
      count(run, -1);
    }
    return run;
  }

  /**
   * The oldest that waits for {@code model}, of the archive only if none of the realtime lane waits
   * at all; null if there is none within {@value #LOOK_AHEAD_MAX}.
   */
  @Nullable RequestRun poll(ServedModel model) {
    var lane = realtime.isEmpty() ? archive : realtime;
    int looked = 0;
    for (Iterator<RequestRun> runs = lane.iterator(); runs.hasNext() && looked < LOOK_AHEAD_MAX; ) {
      var run = runs.next();
      if (run.request().model() == model) {
        runs.remove();
        count(run, -1);
        return run;
      }
      looked++;
    }
    return null;
  }

  /** Takes out what waits of {@code request}; null if nothing does. */
  @Nullable RequestRun remove(QueuedRequest request) {
    var lane = request.lane() == Lane.REALTIME ? realtime : archive;
    for (Iterator<RequestRun> runs = lane.iterator(); runs.hasNext(); ) {
      var run = runs.next();
      if (run.request().equals(request)) {
        runs.remove();
        count(run, -1);
        return run;
      }
    }
    return null;
  }

  /** Takes out everything. */
  List<RequestRun> clear() {
    var all = new ArrayList<>(realtime);
    all.addAll(archive);
    realtime.clear();
    archive.clear();
    all.forEach(run -> count(run, -1));
    return all;
  }

  boolean isEmpty() {
    return realtime.isEmpty() && archive.isEmpty();
  }

  /** Events that wait. */
  int events() {
    return events;
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  /** What one worker would need for all that a new request of {@code lane} would wait for. */
  long nanosBefore(Lane lane) {
    return switch (lane) {
      case REALTIME -> realtimeNanos + Math.min(archiveNanos, realtimeNanos / (ARCHIVE_TURN - 1));
      case ARCHIVE -> realtimeNanos + archiveNanos;
    };
  }

  private Deque<RequestRun> laneOf(RequestRun run) {
    return run.request().lane() == Lane.REALTIME ? realtime : archive;
  }

  // What a run says of itself changes only while it is not in here.
  private void count(RequestRun run, int sign) {
    events += sign * run.waitingEvents();
    bytes += sign * run.waitingBytes();
    switch (run.request().lane()) {
      case REALTIME -> realtimeNanos += sign * run.waitingNanos();
      case ARCHIVE -> archiveNanos += sign * run.waitingNanos();
    }
  }
}
