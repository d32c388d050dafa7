// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.FeatureTable;
import icecube.v1.Model;

/** Models that say kappa and radii, and the rows that tell them what to say. */
final class RadiiModels {
  static final float KAPPA = 40;

  private RadiiModels() {}

  static Answers ask(ServedModel model, FeatureTable table) {
    return DirectionTask.ask(model.inference(), table);
  }

  /** Events of one row, which says the answer: direction, kappa, radii of its own. */
  static FeatureTable rows(int events) {
    float[] values = new float[events * FeatureTable.COLUMN_COUNT];
    for (int event = 0; event < events; event++) {
      float radius = (1 + event) / 256f;
      float[] row = {0, 0, 1, KAPPA, radius, 2 * radius};
      System.arraycopy(row, 0, values, event * row.length, row.length);
    }
    return table(values);
  }

  static FeatureTable table(float[] values) {
    int events = values.length / FeatureTable.COLUMN_COUNT;
    long[] eventId = new long[events];
    int[] ones = new int[events];
    for (int event = 0; event < events; event++) {
      eventId[event] = event + 1L;
      ones[event] = 1;
    }
    return FeatureTable.owning(eventId, ones, ones.clone(), new int[events], values);
  }

  static ServedModel served(String name, String version, boolean hasKappa, boolean hasRadii) {
    var model = OnnxModel.load(graph(hasKappa, hasRadii), 768, 1);
    assertThat(model.signature().isOfDirections()).isTrue();
    return ServedModel.ready(name, version, Model.Runtime.RUNTIME_ONNX, "", "", model);
  }

  /** Answers with the sum of an event's rows: direction, kappa, radii. */
  static byte[] graph(boolean hasKappa, boolean hasRadii) {
    var graph =
        new GraphWriter()
            .input("features", "float32[batch, rows, 6]")
            .input("lengths", "int64[batch]")
            .sum("row", "features", 1)
            .split("row", new int[] {3, 1, 2}, "direction", "column", "radii")
            .sum("kappa", "column", 1);
    // The other way round than tasks count them: the order of a graph's outputs means nothing.
    if (hasRadii) {
      graph.output("radii", "float32[batch, 2]");
    }
    if (hasKappa) {
      graph.output("kappa", "float32[batch]");
    }
    return graph.output("direction", "float32[batch, 3]").write();
  }
}
