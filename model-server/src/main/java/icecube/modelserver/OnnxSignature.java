// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The signature of a graph, read from the graph itself. Stateless and thread-safe. */
final class OnnxSignature {
  /** The element types that models may have: those that the runtime knows in Java too. */
  private static final Map<OnnxTensorType, OipDatatype> DATATYPES =
      Map.ofEntries(
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, OipDatatype.FP32),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, OipDatatype.FP64),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, OipDatatype.FP16),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, OipDatatype.BF16),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, OipDatatype.INT8),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, OipDatatype.INT16),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, OipDatatype.INT32),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, OipDatatype.INT64),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, OipDatatype.UINT8),
          Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, OipDatatype.BOOL));

  private OnnxSignature() {}

  /**
   * What the graph in {@code session} reads and writes: a direction model's if it has its tensors,
   * whatever their order; else batched if the first axis of every tensor may be of any length.
   *
   * @throws PredictorException if it has what is no tensor of numbers
   */
  static ModelSignature of(OrtSession session) throws OrtException {
    var inputs = specs("input", session.getInputInfo());
    var outputs = specs("output", session.getOutputInfo());
    boolean isBatched =
        inputs.stream().allMatch(OnnxSignature::hasBatchAxis)
            && outputs.stream().allMatch(OnnxSignature::hasBatchAxis);
    var plain =
        new ModelSignature(inputs, outputs, isBatched, ModelSignature.NONE, ModelSignature.NONE);
    return plain.ofDirections().orElse(plain);
  }

  private static boolean hasBatchAxis(TensorSpec spec) {
    return !spec.dims().isEmpty() && spec.dims().get(0) == TensorSpec.ANY;
  }

  private static List<TensorSpec> specs(String kind, Map<String, NodeInfo> nodes) {
    var specs = new ArrayList<TensorSpec>();
    nodes.forEach((name, node) -> specs.add(spec(kind, name, node)));
    return specs;
  }

  private static TensorSpec spec(String kind, String name, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      throw new PredictorException(
          "%s %s: %s (expected: a tensor)".formatted(kind, name, node.getInfo()));
    }
    var datatype = DATATYPES.get(tensor.onnxType);
    if (datatype == null) {
      throw new PredictorException(
          "%s %s: a tensor of %s (expected: of numbers or booleans)"
              .formatted(kind, name, tensor.type));
    }
    var dims = new ArrayList<Long>();
    for (long dim : tensor.getShape()) {
      dims.add(dim < 0 ? TensorSpec.ANY : dim);
    }
    return new TensorSpec(name, datatype, dims, TensorSpec.NOT_RAGGED);
  }

  /** What the runtime calls {@code datatype}. */
  static OnnxJavaType javaType(OipDatatype datatype) {
    return switch (datatype) {
      case FP32 -> OnnxJavaType.FLOAT;
      case FP64 -> OnnxJavaType.DOUBLE;
      case FP16 -> OnnxJavaType.FLOAT16;
      case BF16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      case UINT16, UINT32, UINT64, BYTES ->
          throw new IllegalArgumentException(
              "datatype: %s (expected: one of %s)".formatted(datatype, DATATYPES.values()));
    };
  }
}
