// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The signature every direction model has: names, types and shapes of what goes in and comes out.
 *
 * <pre>
 *   features   float32[batch, rows, 6]
 *   lengths    int64[batch]
 *   direction  float32[batch, 3]
 *   kappa      float32[batch]           (optional)
 * </pre>
 */
final class OnnxSignature {
  static final String FEATURES = "features";
  static final String LENGTHS = "lengths";
  static final String DIRECTION = "direction";
  static final String KAPPA = "kappa";

  /** What goes in, as the manifest writes it. */
  static final Map<String, String> INPUTS =
      Map.of(FEATURES, "float32[batch, rows, 6]", LENGTHS, "int64[batch]");

  /** What comes out, as the manifest writes it, with and without a concentration. */
  static final Map<String, String> OUTPUTS = Map.of(DIRECTION, "float32[batch, 3]");

  static final Map<String, String> OUTPUTS_WITH_KAPPA =
      Map.of(DIRECTION, "float32[batch, 3]", KAPPA, "float32[batch]");

  private static final Map<String, String> INPUT_SHAPES =
      Map.of(FEATURES, "FLOAT[-1, -1, 6]", LENGTHS, "INT64[-1]");
  private static final String DIRECTION_SHAPE = "FLOAT[-1, 3]";
  private static final String KAPPA_SHAPE = "FLOAT[-1]";

  private OnnxSignature() {}

  /**
   * Whether the graph in {@code session} also says a concentration.
   *
   * @throws PredictorException if its signature is another one
   */
  static boolean requireDirectionModel(OrtSession session) throws OrtException {
    var inputs = describe(session.getInputInfo());
    if (!inputs.equals(new TreeMap<>(INPUT_SHAPES))) {
      throw new PredictorException(
          "inputs: " + inputs + " (expected: " + new TreeMap<>(INPUT_SHAPES) + ")");
    }
    var outputs = describe(session.getOutputInfo());
    boolean hasKappa = outputs.containsKey(KAPPA);
    var wanted = new TreeMap<>(Map.of(DIRECTION, DIRECTION_SHAPE));
    if (hasKappa) {
      wanted.put(KAPPA, KAPPA_SHAPE);
    }
    if (!outputs.equals(wanted)) {
      throw new PredictorException("outputs: " + outputs + " (expected: " + wanted + ")");
    }
    return hasKappa;
  }

  private static SortedMap<String, String> describe(Map<String, NodeInfo> nodes) {
    var shapes = new TreeMap<String, String>();
    nodes.forEach(
        (name, node) ->
            shapes.put(
                name,
                node.getInfo() instanceof TensorInfo tensor
                    ? tensor.type.name() + Arrays.toString(tensor.getShape())
                    : node.getInfo().toString()));
    return shapes;
  }
}
