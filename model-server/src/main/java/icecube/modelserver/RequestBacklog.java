// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits, in three lanes: the oldest realtime request first, but every {@value #ARCHIVE_TURN}th
 * time the oldest of the archive, so that bulk work goes on under any load; what is for shadows
 * when neither has any.
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
  private final Deque<RequestRun> shadow = new ArrayDeque<>();
  private int turns;
  private int events;
  private long bytes;
  private long realtimeNanos;
  private long archiveNanos;
  private int shadowEvents;
  private long shadowBytes;
  private boolean isWithoutShadows;

  /** Adds {@code run} behind all others of its lane. */
  void add(RequestRun run) {
    laneOf(run).add(run);
    count(run, 1);
  }

  /**
   * Adds what is left of {@code run}: before all others if one round ends it or it only filled up
   * another's, so that a request that is a little too large for a round does not wait through the
   * whole queue twice; else behind them, so that small ones need not wait for a large one.
   */
  void addRest(RequestRun run, boolean hadItsTurn) {
    if (!hadItsTurn || run.isNearlyDone()) {
      laneOf(run).addFirst(run);
    } else {
      laneOf(run).add(run);
    }
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
    if (run == null && !isWithoutShadows) {
      run = shadow.poll();
    }
    if (run != null) {
      count(run, -1);
    }
    return run;
  }

  /**
   * The oldest that waits for {@code model}, of the archive only if none of the realtime lane waits
   * at all; null if there is none within {@value #LOOK_AHEAD_MAX}. Shadows' requests join none and
   * are joined by none, so that a round of theirs is short.
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
    var lane = row(request.lane());
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
    all.addAll(shadow);
    realtime.clear();
    archive.clear();
    shadow.clear();
    all.forEach(run -> count(run, -1));
    return all;
  }

  /** Whether there is nothing to take. */
  boolean isEmpty() {
    boolean isShadowEmpty = isWithoutShadows || shadow.isEmpty();
    return realtime.isEmpty() && archive.isEmpty() && isShadowEmpty;
  }

  /** Leaves where it is what waits for shadows; it is still there to be cleared. */
  void passOverShadows() {
    isWithoutShadows = true;
  }

  /** Events that wait for shadows. */
  int shadowEvents() {
    return shadowEvents;
  }

  /** Bytes that wait for shadows. */
  long shadowBytes() {
    return shadowBytes;
  }

  /** Events that wait, those for shadows aside. */
  int events() {
    return events;
  }

  /** Bytes that wait, those for shadows aside. */
  long bytes() {
    return bytes;
  }

  /** What one worker would need for all that a new request of {@code lane} would wait for. */
  long nanosBefore(Lane lane) {
    return switch (lane) {
      case REALTIME -> realtimeNanos + Math.min(archiveNanos, realtimeNanos / (ARCHIVE_TURN - 1));
      case ARCHIVE, SHADOW -> realtimeNanos + archiveNanos;
    };
  }

  private Deque<RequestRun> laneOf(RequestRun run) {
    return row(run.request().lane());
  }

  private Deque<RequestRun> row(Lane lane) {
    return switch (lane) {
      case REALTIME -> realtime;
      case ARCHIVE -> archive;
      case SHADOW -> shadow;
    };
  }

  // What a run says of itself changes only while it is not in here.
  private void count(RequestRun run, int sign) {
    int runEvents = sign * run.waitingEvents();
    long runBytes = sign * run.waitingBytes();
    if (run.request().lane() == Lane.SHADOW) {
      shadowEvents += runEvents;
      shadowBytes += runBytes;
      return;
    }
    events += runEvents;
    bytes += runBytes;
    long nanos = sign * run.waitingNanos();
    switch (run.request().lane()) {
      case REALTIME -> realtimeNanos += nanos;
      case ARCHIVE -> archiveNanos += nanos;
      case SHADOW -> throw new IllegalStateException("lane: SHADOW (expected: counted above)");
    }
  }
}
