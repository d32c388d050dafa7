// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import io.grpc.stub.StreamObserver;

/** Where the end of a unary call is told, in whichever protocol. */
record UnaryAnswer<R>(StreamObserver<R> call, Admission admission) implements Answerer<R> {
  @Override
  public void answered(QueuedRequest request, R response) {
    request.trace().answered();
    call.onNext(response);
    call.onCompleted();
  }

  @Override
  public void refused(QueuedRequest request, ReasonException why) {
    admission.refused(request, why);
    call.onError(Reasons.toException(why));
  }
}
