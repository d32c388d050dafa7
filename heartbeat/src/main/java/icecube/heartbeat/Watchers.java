// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.heartbeat.ChangeLog.Change;
import icecube.v1.Member;
import icecube.v1.WatchRequest;
import icecube.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Everybody who watches the registry. Nothing is queued for a watcher: it has a revision, and when
 * it can take more it gets the changes after that from the registry's bounded log. One that reads
 * so slowly that the log has moved on is ended with OUT_OF_RANGE and starts again from a snapshot.
 *
 * <p>{@link #add} may be called from any thread, {@link #tell} from the registry's thread only,
 * which is the only one to send.
 */
final class Watchers {
  /** Changes in one response: bounds its size to about 100 kB. */
  static final int CHANGES_PER_RESPONSE_MAX = 512;

  private final SharedMembership membership;
  private final RegistryMetrics metrics;
  private final int countMax;
  private final long bookmarkNanos;
  private final LongSupplier nanoTime;
  private final Runnable wake;
  private final AtomicInteger count = new AtomicInteger();

  // Added to by event loops, drained and iterated by the registry's thread; bounded by countMax.
  private final ConcurrentLinkedQueue<Watcher> open = new ConcurrentLinkedQueue<>();

  /**
   * @param wake asks for a soon call of {@link #tell}
   */
  Watchers(
      SharedMembership membership,
      RegistryMetrics metrics,
      int countMax,
      Duration bookmarkPeriod,
      LongSupplier nanoTime,
      Runnable wake) {
    this.membership = membership;
    this.metrics = metrics;
    this.countMax = countMax;
    this.bookmarkNanos = bookmarkPeriod.toNanos();
    this.nanoTime = nanoTime;
    this.wake = wake;
  }

  /** Takes a watcher, or refuses it where there are too many. */
  void add(WatchRequest request, ServerCallStreamObserver<WatchResponse> responses) {
    if (count.incrementAndGet() > countMax) {
      count.decrementAndGet();
      metrics.watcherRefused();
      responses.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription(
                  "watchers: "
                      + countMax
                      + " (expected: < watcher-count-max "
                      + countMax
                      + "); raise it, or watch another registry")
              .asRuntimeException());
      return;
    }
    metrics.watchers(count.get());
    responses.setOnReadyHandler(wake);
    responses.setOnCancelHandler(wake);
    open.add(new Watcher(request, responses));
    wake.run();
  }

  /** Gives every watcher what it has not seen and can take. */
  void tell() {
    for (Iterator<Watcher> each = open.iterator(); each.hasNext(); ) {
      if (!each.next().tell()) {
        each.remove();
        count.decrementAndGet();
      }
    }
    metrics.watchers(count.get());
  }

  private final class Watcher {
    private final String kind;
    private final ServerCallStreamObserver<WatchResponse> responses;
    private long revision;
    private boolean begun;
    private long toldAtNanos;

    Watcher(WatchRequest request, ServerCallStreamObserver<WatchResponse> responses) {
      this.kind = request.getKind();
      this.revision = request.getResumeRevision();
      this.responses = responses;
    }

    /** Whether the watch goes on. */
    boolean tell() {
      if (responses.isCancelled()) {
        return false;
      }
      while (responses.isReady()) {
        if (!begun && revision == 0) {
          sendSnapshot();
          continue;
        }
        Optional<List<Change>> changes =
            membership.changesSince(revision, CHANGES_PER_RESPONSE_MAX);
        if (changes.isEmpty()) {
          end();
          return false;
        }
        if (changes.get().isEmpty()) {
          sendBookmarkIfDue();
          return true;
        }
        sendChanges(changes.get());
      }
      // Cannot take more now: its ready handler wakes us, unless the log moves on before.
      if (begun && membership.changesSince(revision, 1).isEmpty()) {
        end();
        return false;
      }
      return true;
    }

    private void sendSnapshot() {
      SharedMembership.Snapshot snapshot = membership.snapshot(kind);
      send(true, snapshot.members(), snapshot.revision());
    }

    private void sendChanges(List<Change> changes) {
      List<Member> members = new ArrayList<>(changes.size());
      for (Change change : changes) {
        if (kind.isEmpty() || kind.equals(change.member().getInstance().getKind())) {
          members.add(change.member());
        }
      }
      long last = changes.get(changes.size() - 1).revision();
      if (members.isEmpty() && begun) {
        // All about other kinds: the next bookmark carries the revision.
        revision = last;
        return;
      }
      send(false, members, last);
    }

    private void sendBookmarkIfDue() {
      // The first one also tells a resumed watcher that it has missed nothing.
      if (!begun || nanoTime.getAsLong() - toldAtNanos >= bookmarkNanos) {
        send(false, List.of(), revision);
      }
    }

    private void send(boolean snapshot, List<Member> members, long asOf) {
      responses.onNext(
          WatchResponse.newBuilder()
              .setSnapshot(snapshot)
              .addAllMembers(members)
              .setRevision(asOf)
              .build());
      revision = asOf;
      begun = true;
      toldAtNanos = nanoTime.getAsLong();
    }

    private void end() {
      if (begun) {
        metrics.watcherSlow();
      }
      responses.onError(
          Status.OUT_OF_RANGE
              .withDescription(
                  "resume_revision: "
                      + Long.toUnsignedString(revision)
                      + " (expected: one that is still kept, now at "
                      + Long.toUnsignedString(membership.revision())
                      + "); watch again with 0 for a snapshot")
              .asRuntimeException());
    }
  }
}
