// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.ModelServiceGrpc.ModelServiceStub;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;

/** A caller of PredictStream that keeps what it is told. */
final class PredictStreamCaller extends StreamCaller<PredictRequest, PredictResponse> {
  PredictStreamCaller(ModelServiceStub stub) {
    super(stub::predictStream);
  }

  void send(long requestId, PredictRequest.Builder request) {
    send(request.setRequestId(requestId).build());
  }
}
