// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.BeatResponse;
import icecube.v1.HeartbeatServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry that notes every beat and answers as told. */
final class FakeRegistry extends HeartbeatServiceGrpc.HeartbeatServiceImplBase {
  final List<BeatRequest> beats = new CopyOnWriteArrayList<>();
  final AtomicInteger calls = new AtomicInteger();
  volatile BeatOutcome outcome = BeatOutcome.BEAT_OUTCOME_ACCEPTED;
  volatile boolean silent;
  volatile boolean refusing;

  @Override
  public StreamObserver<BeatRequest> beat(StreamObserver<BeatResponse> answers) {
    calls.incrementAndGet();
    return new StreamObserver<>() {
      @Override
      public void onNext(BeatRequest beat) {
        beats.add(beat);
        if (refusing) {
          answers.onError(Status.RESOURCE_EXHAUSTED.withDescription("full").asRuntimeException());
        } else if (!silent) {
          answers.onNext(
              BeatResponse.newBuilder()
                  .setSequence(beat.getSequence())
                  .setLeaseMs(10_000)
                  .setOutcome(outcome)
                  .build());
        }
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  BeatRequest last() {
    return beats.get(beats.size() - 1);
  }
}
