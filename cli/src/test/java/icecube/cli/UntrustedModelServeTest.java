// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code icecube serve} ends, and says why, if its default model is not what it claims to be. */
final class UntrustedModelServeTest {
  private static final Path SOUND =
      Path.of(System.getProperty("basedir", ".")).resolve("../models/line-fit-onnx/1").normalize();

  @TempDir private Path models;
  private final StringWriter err = new StringWriter();
  private Path graph;
  private Path manifest;

  @BeforeEach
  void copyASoundModel() throws IOException {
    Path version = Files.createDirectories(models.resolve("line-fit-onnx/1"));
    graph = Files.copy(SOUND.resolve("model.onnx"), version.resolve("model.onnx"));
    manifest = Files.copy(SOUND.resolve("model.yaml"), version.resolve("model.yaml"));
  }

  @Test
  void aFlippedByteOfTheGraphEndsTheStart() throws IOException {
    byte[] bytes = Files.readAllBytes(graph);
    bytes[bytes.length / 3] ^= 4;
    Files.write(graph, bytes);

    assertEnds("sha256 of model.onnx: ");
  }

  @Test
  void aFlippedByteOfTheManifestEndsTheStart() throws IOException {
    Files.writeString(manifest, Files.readString(manifest).replace("sha256: f", "sha256: e"));

    assertEnds("manifest_sha256: ");
  }

  @Test
  void weightsInAnotherFileEndTheStart() throws IOException {
    Files.delete(manifest);
    byte[] bytes = Files.readAllBytes(graph);
    // More of the graph (7): an initializer (5) whose data_location (14) is EXTERNAL.
    byte[] weight = {0x3a, 4, 0x2a, 2, 0x70, 1};
    byte[] longer = Arrays.copyOf(bytes, bytes.length + weight.length);
    System.arraycopy(weight, 0, longer, bytes.length, weight.length);
    Files.write(graph, longer);

    assertEnds("a tensor lies in another file");
  }

  @Test
  void aLinkOutOfTheFolderEndsTheStart(@TempDir Path elsewhere) throws IOException {
    Path outside = Files.move(graph, elsewhere.resolve("model.onnx"));
    Files.createSymbolicLink(graph, outside);

    assertEnds("model.onnx: leads to ");
  }

  private void assertEnds(String message) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
    int code =
        commandLine.execute(
            "serve",
            "--port",
            "0",
            "--management-port",
            "0",
            "--models",
            models.toString(),
            "--model",
            "line-fit-onnx");
    assertThat(code).isNotZero();
    assertThat(err.toString()).contains("line-fit-onnx").contains(message);
  }
}
