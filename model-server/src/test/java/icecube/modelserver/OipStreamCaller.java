// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import inference.ModelInferRequest;
import inference.ModelStreamInferResponse;

/** A caller of ModelStreamInfer that keeps what it is told. */
final class OipStreamCaller extends StreamCaller<ModelInferRequest, ModelStreamInferResponse> {
  OipStreamCaller(GRPCInferenceServiceStub stub) {
    super(stub::modelStreamInfer);
  }

  void send(String id, ModelInferRequest.Builder request) {
    send(request.setId(id).build());
  }
}
