// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Graphs and folders of them for tests of the repository. */
final class Graphs {
  private Graphs() {}

  /** The echo, with one weight that is no number: its kappa is NaN. */
  static byte[] echoOfBrokenWeights() throws IOException {
    var text = new String(OnnxModelTest.echo(), StandardCharsets.ISO_8859_1);
    var zero = "ignoredJ\u0004\0\0\0\0";
    if (!text.contains(zero)) {
      throw new IllegalStateException("echo.onnx: no weight 'ignored' of 0 (expected: one)");
    }
    return text.replace(zero, "ignoredJ\u0004\0\0\u00c0\u007f")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** {@code graph}, and one more weight, of which it says that it lies in another file. */
  static byte[] withOutsideWeights(byte[] graph) {
    // A part of a message that comes again is merged: graph (7), initializer (5), data_location 1.
    byte[] weight = {0x3a, 4, 0x2a, 2, 0x70, 1};
    byte[] longer = Arrays.copyOf(graph, graph.length + weight.length);
    System.arraycopy(weight, 0, longer, graph.length, weight.length);
    return longer;
  }

  /** Writes the echo with a manifest of this description, as a copy would: the graph first. */
  static void writeEcho(Path models, String name, String version, String description)
      throws IOException {
    writeModel(models, name, version, description, OnnxModelTest.echo());
  }

  static void writeModel(Path models, String name, String version, String description, byte[] graph)
      throws IOException {
    var folder = Files.createDirectories(models.resolve(name).resolve(version));
    Files.write(folder.resolve("model.onnx"), graph);
    Files.writeString(
        folder.resolve("model.yaml"),
        """
        name: %s
        version: "%s"
        description: %s
        feature_version: 1
        row_count_max: 20
        sha256: %s
        signature:
          inputs:
            features: float32[batch, rows, 6]
            lengths: int64[batch]
          outputs:
            direction: float32[batch, 3]
            kappa: float32[batch]
        """
            .formatted(name, version, description, sha256(graph)));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
