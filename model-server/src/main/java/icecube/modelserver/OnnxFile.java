// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;

/**
 * The check that an ONNX file holds everything it needs.
 *
 * <p>A graph may name other files for its weights. Their bytes stand outside the manifest's
 * checksum, and their paths have led out of the folder before (CVE-2022-25882, CVE-2024-27318), so
 * such a model is refused. The file is walked by field numbers of {@code onnx.proto}, which never
 * change.
 */
final class OnnxFile {
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_FUNCTIONS = 25;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_SPARSE_INITIALIZER = 15;
  private static final int FUNCTION_NODE = 7;
  private static final int FUNCTION_ATTRIBUTE = 11;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int[] ATTRIBUTE_TENSORS = {5, 10};
  private static final int[] ATTRIBUTE_GRAPHS = {6, 11};
  private static final int[] ATTRIBUTE_SPARSE_TENSORS = {22, 23};
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;

  /** Graphs within graphs (If, Loop); real ones nest two or three deep. */
  private static final int DEPTH_MAX = 16;

  private OnnxFile() {}

  /**
   * @throws PredictorException if a tensor lies outside the file, or the file is no ONNX model
   */
  static void requireSelfContained(byte[] file) {
    try {
      var model = UnknownFieldSet.parseFrom(file);
      for (var graph : model.getField(MODEL_GRAPH).getLengthDelimitedList()) {
        walkGraph(UnknownFieldSet.parseFrom(graph), 0);
      }
      for (var function : model.getField(MODEL_FUNCTIONS).getLengthDelimitedList()) {
        var fields = UnknownFieldSet.parseFrom(function);
        walkNodes(fields.getField(FUNCTION_NODE), 0);
        walkAttributes(fields.getField(FUNCTION_ATTRIBUTE), 0);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new PredictorException("model.onnx: not an ONNX model (expected: one whole file)", e);
    }
  }

  /** Whether a node of the main graph of {@code file}, an ONNX model, is an {@code operator}. */
  static boolean hasOperator(byte[] file, String operator) {
    var wanted = ByteString.copyFromUtf8(operator);
    try {
      for (var graph :
          UnknownFieldSet.parseFrom(file).getField(MODEL_GRAPH).getLengthDelimitedList()) {
        for (var node :
            UnknownFieldSet.parseFrom(graph).getField(GRAPH_NODE).getLengthDelimitedList()) {
          if (UnknownFieldSet.parseFrom(node)
              .getField(NODE_OPERATOR)
              .getLengthDelimitedList()
              .contains(wanted)) {
            return true;
          }
        }
      }
      return false;
    } catch (InvalidProtocolBufferException e) {
      throw new PredictorException("model.onnx: not an ONNX model (expected: one whole file)", e);
    }
  }

  private static void walkGraph(UnknownFieldSet graph, int depth)
      throws InvalidProtocolBufferException {
    if (depth > DEPTH_MAX) {
      throw new PredictorException(
          "model.onnx: graphs nest deeper than " + DEPTH_MAX + " (expected: a flat graph)");
    }
    walkTensors(graph.getField(GRAPH_INITIALIZER));
    walkSparseTensors(graph.getField(GRAPH_SPARSE_INITIALIZER));
    walkNodes(graph.getField(GRAPH_NODE), depth);
  }

  private static void walkNodes(UnknownFieldSet.Field nodes, int depth)
      throws InvalidProtocolBufferException {
    for (var node : nodes.getLengthDelimitedList()) {
      walkAttributes(UnknownFieldSet.parseFrom(node).getField(NODE_ATTRIBUTE), depth);
    }
  }

  private static void walkAttributes(UnknownFieldSet.Field attributes, int depth)
      throws InvalidProtocolBufferException {
    for (var bytes : attributes.getLengthDelimitedList()) {
      var attribute = UnknownFieldSet.parseFrom(bytes);
      for (int field : ATTRIBUTE_TENSORS) {
        walkTensors(attribute.getField(field));
      }
      for (int field : ATTRIBUTE_SPARSE_TENSORS) {
        walkSparseTensors(attribute.getField(field));
      }
      for (int field : ATTRIBUTE_GRAPHS) {
        for (var graph : attribute.getField(field).getLengthDelimitedList()) {
          walkGraph(UnknownFieldSet.parseFrom(graph), depth + 1);
        }
      }
    }
  }

  /** A sparse tensor holds its values and its indices as tensors 1 and 2. */
  private static void walkSparseTensors(UnknownFieldSet.Field sparseTensors)
      throws InvalidProtocolBufferException {
    for (var bytes : sparseTensors.getLengthDelimitedList()) {
      var sparse = UnknownFieldSet.parseFrom(bytes);
      walkTensors(sparse.getField(1));
      walkTensors(sparse.getField(2));
    }
  }

  private static void walkTensors(UnknownFieldSet.Field tensors)
      throws InvalidProtocolBufferException {
    for (var bytes : tensors.getLengthDelimitedList()) {
      var tensor = UnknownFieldSet.parseFrom(bytes);
      boolean outside =
          tensor.hasField(TENSOR_EXTERNAL_DATA)
              || tensor.getField(TENSOR_DATA_LOCATION).getVarintList().contains(1L);
      if (outside) {
        throw new PredictorException(
            "model.onnx: a tensor lies in another file (expected: all weights inside); save it"
                + " without external data");
      }
    }
  }
}
