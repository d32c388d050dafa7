// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/** The methods that ask models, by their full names, which are the names of their spans. */
enum RpcMethod {
  PREDICT("icecube.v1.ModelService/Predict"),
  PREDICT_STREAM("icecube.v1.ModelService/PredictStream"),
  MODEL_INFER("inference.GRPCInferenceService/ModelInfer"),
  MODEL_STREAM_INFER("inference.GRPCInferenceService/ModelStreamInfer");

  private final String fullName;

  RpcMethod(String fullName) {
    this.fullName = fullName;
  }

  String fullName() {
    return fullName;
  }
}
