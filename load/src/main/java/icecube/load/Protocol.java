// SPDX-License-Identifier: Apache-2.0
package icecube.load;

/** The ways a model is asked. */
public enum Protocol {
  /** {@code inference.GRPCInferenceService/ModelInfer}: any server of the protocol. */
  INFER,
  /** {@code ModelStreamInfer}, one stream a connection, in Triton's wire shape. */
  INFER_STREAM,
  /** {@code icecube.v1.ModelService/Predict} with features. */
  PREDICT,
  /** {@code PredictStream}, one stream a connection. */
  PREDICT_STREAM
}
