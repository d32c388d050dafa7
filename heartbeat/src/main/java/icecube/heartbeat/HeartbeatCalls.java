// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.BeatResponse;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.ListRequest;
import icecube.v1.ListResponse;
import icecube.v1.WatchRequest;
import icecube.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * The gRPC face of the registry. Runs on the event loops and only touches memory: beats and lists
 * are answered at once, watchers are handed to the registry's thread.
 *
 * <p>A Beat call ends with RESOURCE_EXHAUSTED where a limit is met and INVALID_ARGUMENT for a beat
 * that can never be taken; the end of the call itself says nothing about the component's life.
 */
final class HeartbeatCalls extends HeartbeatServiceGrpc.HeartbeatServiceImplBase {
  private final SharedMembership membership;
  private final Watchers watchers;
  private final RegistryMetrics metrics;
  private final int leaseMs;
  private final Runnable changed;

  /**
   * @param changed told after a beat that may have changed something
   */
  HeartbeatCalls(
      SharedMembership membership,
      Watchers watchers,
      RegistryMetrics metrics,
      Duration lease,
      Runnable changed) {
    this.membership = membership;
    this.watchers = watchers;
    this.metrics = metrics;
    this.leaseMs = Math.toIntExact(lease.toMillis());
    this.changed = changed;
  }

  @Override
  public StreamObserver<BeatRequest> beat(StreamObserver<BeatResponse> answers) {
    return new BeatCall((ServerCallStreamObserver<BeatResponse>) answers);
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> answers) {
    SharedMembership.Snapshot snapshot = membership.snapshot(request.getKind());
    answers.onNext(
        ListResponse.newBuilder()
            .addAllMembers(snapshot.members())
            .setRevision(snapshot.revision())
            .build());
    answers.onCompleted();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> answers) {
    watchers.add(request, (ServerCallStreamObserver<WatchResponse>) answers);
  }

  /** One component's stream of beats. The next beat is read only once the answer could be sent. */
  private final class BeatCall implements StreamObserver<BeatRequest> {
    private final ServerCallStreamObserver<BeatResponse> answers;
    private boolean heldBack;
    private boolean over;

    BeatCall(ServerCallStreamObserver<BeatResponse> answers) {
      this.answers = answers;
      answers.disableAutoRequest();
      answers.setOnReadyHandler(this::readOn);
      // With a handler an answer to a caller that is gone is dropped instead of thrown.
      answers.setOnCancelHandler(() -> {});
      answers.request(1);
    }

    @Override
    public void onNext(BeatRequest beat) {
      if (over) {
        return;
      }
      long before = membership.revision();
      BeatOutcome outcome;
      try {
        outcome = membership.beat(beat);
      } catch (BeatRefusedException e) {
        metrics.refused(e.refusal());
        over = true;
        answers.onError(status(e).asRuntimeException());
        return;
      }
      metrics.answered(outcome);
      if (membership.revision() != before) {
        changed.run();
      }
      answers.onNext(
          BeatResponse.newBuilder()
              .setSequence(beat.getSequence())
              .setLeaseMs(leaseMs)
              .setOutcome(outcome)
              .build());
      if (answers.isReady()) {
        answers.request(1);
      } else {
        heldBack = true;
      }
    }

    @Override
    public void onError(Throwable failure) {
      // The connection is gone; the component may not be. Only its lease decides.
      over = true;
    }

    @Override
    public void onCompleted() {
      if (!over) {
        over = true;
        answers.onCompleted();
      }
    }

    private void readOn() {
      if (heldBack && !over) {
        heldBack = false;
        answers.request(1);
      }
    }
  }

  private static Status status(BeatRefusedException refused) {
    Status status =
        switch (refused.refusal()) {
          case INVALID -> Status.INVALID_ARGUMENT;
          case FULL -> Status.RESOURCE_EXHAUSTED;
        };
    return status.withDescription(refused.getMessage());
  }
}
