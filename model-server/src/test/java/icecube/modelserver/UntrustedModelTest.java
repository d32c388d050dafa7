// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose files are not what its manifest says is not loaded, wherever the fault is. */
final class UntrustedModelTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x3737);
  private static final int FLIPS = 500;

  @TempDir private Path models;
  private Path graph;
  private Path manifest;

  @BeforeEach
  void copyTheRepositorysModel() throws IOException {
    Path version = Files.createDirectories(models.resolve("line-fit-onnx/1"));
    graph = version.resolve("model.onnx");
    manifest = version.resolve("model.yaml");
    Path sound = Samples.MODELS.resolve("line-fit-onnx/1");
    Files.copy(sound.resolve("model.onnx"), graph);
    Files.copy(sound.resolve("model.yaml"), manifest);
  }

  @Test
  void aFlippedBitAnywhereInTheGraphIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(graph);
    var random = new SplittableRandom(SEED);
    for (int flip = 0; flip < FLIPS; flip++) {
      int at = random.nextInt(bytes.length);
      byte bit = (byte) (1 << random.nextInt(8));
      bytes[at] ^= bit;
      Files.write(graph, bytes);
      assertRefused("byte %d, bit %d".formatted(at, bit), "sha256 of model.onnx: ");
      bytes[at] ^= bit;
    }
  }

  @Test
  void aGraphThatIsCutOrContinuedIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(graph);
    for (int length : new int[] {0, 1, bytes.length / 2, bytes.length - 1, bytes.length + 1}) {
      Files.write(graph, Arrays.copyOf(bytes, length));
      assertRefused(length + " bytes", "model.onnx: ");
    }
  }

  @Test
  void aFlippedBitAnywhereInASealedManifestIsRefused() throws IOException {
    everyFlippedBitIsRefused(Files.readString(manifest));
    everyFlippedBitIsRefused(sealed(Samples.unsealed(Files.readString(manifest)) + "# The end.\n"));

    Files.writeString(manifest, Files.readString(manifest) + "# More.\n");
    assertRefused("a line more", "manifest_sha256: ");
  }

  private static String sealed(String manifest) {
    return manifest + "manifest_sha256: " + Graphs.sha256(manifest.getBytes(UTF_8)) + "\n";
  }

  private static void everyFlippedBitIsRefused(String sealed) {
    byte[] bytes = sealed.getBytes(UTF_8);
    assertThat(sealed).contains("\nmanifest_sha256: ");
    assertThat(ModelManifest.parse(bytes).manifestSha256()).isNotNull();
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        bytes[at] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> ModelManifest.parse(bytes))
            .as("byte %d, bit %d", at, bit)
            .isInstanceOf(PredictorException.class);
        bytes[at] ^= (byte) (1 << bit);
      }
    }
  }

  /** What the manifest says of the graph is checked against it; the rest is words for people. */
  @Test
  void aFlippedBitInTheManifestIsRefusedOrConcernsOnlyWhatIsNotInTheGraph() throws IOException {
    byte[] bytes = Samples.unsealed(Files.readString(manifest)).getBytes(UTF_8);
    var stated = ModelManifest.parse(bytes);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        bytes[at] ^= (byte) (1 << bit);
        refused += isRefused(bytes, stated) ? 1 : 0;
        bytes[at] ^= (byte) (1 << bit);
      }
    }
    assertThat(refused).isBetween(8 * bytes.length / 2, 8 * bytes.length);
  }

  private static boolean isRefused(byte[] bytes, ModelManifest stated) {
    ModelManifest read;
    try {
      read = ModelManifest.parse(bytes);
    } catch (PredictorException e) {
      return true;
    }
    // The loader compares these with folder, file and graph.
    return !read.name().equals(stated.name())
        || !read.version().equals(stated.version())
        || !read.sha256().equals(stated.sha256())
        || !read.signature().equals(stated.signature());
  }

  @Test
  void everyHexDigitOfTheStatedSumCounts() throws IOException {
    String yaml = Samples.unsealed(Files.readString(manifest));
    int from = yaml.indexOf("sha256: ") + "sha256: ".length();
    for (int digit = 0; digit < 64; digit++) {
      char other = yaml.charAt(from + digit) == '0' ? '1' : '0';
      Files.writeString(
          manifest, yaml.substring(0, from + digit) + other + yaml.substring(from + digit + 1));
      assertRefused("digit " + digit, "sha256 of model.onnx: ");
    }
  }

  @Test
  void weightsOutsideTheFileAreRefusedWithAndWithoutAManifest() throws IOException {
    byte[] bytes = Files.readAllBytes(graph);
    Files.write(graph, Graphs.withOutsideWeights(bytes));
    assertRefused("with", "sha256 of model.onnx: ");

    Files.delete(manifest);
    assertRefused("without", "a tensor lies in another file");
  }

  @Test
  void aFileThatIsALinkOutOfTheFolderIsRefused(@TempDir Path elsewhere) throws IOException {
    for (Path file : new Path[] {graph, manifest}) {
      Path outside = elsewhere.resolve(String.valueOf(file.getFileName()));
      Files.move(file, outside);
      Files.createSymbolicLink(file, outside);
      assertRefused(file.toString(), ": leads to ");
      Files.delete(file);
      Files.move(outside, file);
    }
  }

  private void assertRefused(String what, String message) {
    assertThatThrownBy(() -> ModelRepository.open(Optional.of(models), "line-fit-onnx", 1).close())
        .as("%s, -Dicecube.seed=%d", what, SEED)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("default model: ")
        .hasMessageContaining(message);
  }
}
