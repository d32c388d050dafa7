// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.chassis.StartException;
import icecube.v1.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of models, {@code <name>/<version>/{model.onnx, model.yaml}}, read into memory.
 *
 * <p>The bytes whose checksum was verified are the bytes that run. Names that begin with a dot are
 * passed over.
 */
final class ModelFolder {
  /** The most versions of all models together. */
  static final int MODEL_COUNT_MAX = 64;

  /** The largest model file, bytes; it is read whole. */
  static final long MODEL_BYTES_MAX = 512L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ModelFolder.class);

  private ModelFolder() {}

  /**
   * Every model below {@code folder}, those that cannot be loaded as failed ones.
   *
   * @throws StartException if the folder is missing, unreadable or too full
   */
  static List<ServedModel> load(Path folder, int workerCount) {
    if (!Files.isDirectory(folder)) {
      throw new StartException(
          "models: "
              + folder
              + " (expected: a folder of <name>/<version>/model.onnx); give an existing one, or"
              + " none for the built-in line-fit",
          null);
    }
    // All found before one is loaded: a folder that stops the start leaves no session open.
    var versions = versions(folder);
    return versions.stream().map(version -> loadOrFail(version, workerCount)).toList();
  }

  private static List<Path> versions(Path folder) {
    var versions = new ArrayList<Path>();
    for (Path named : subfolders(folder)) {
      versions.addAll(subfolders(named));
      if (versions.size() > MODEL_COUNT_MAX) {
        throw new StartException(
            "models: more than %d in %s (expected: at most %d); take some out"
                .formatted(MODEL_COUNT_MAX, folder, MODEL_COUNT_MAX),
            null);
      }
    }
    return versions;
  }

  private static List<Path> subfolders(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries
          .filter(Files::isDirectory)
          .filter(path -> !nameOf(path).startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new StartException("models: " + folder + " (expected: a readable folder)", e);
    }
  }

  private static ServedModel loadOrFail(Path versioned, int workerCount) {
    String name = versioned.getName(versioned.getNameCount() - 2).toString();
    String version = nameOf(versioned);
    try {
      return load(name, version, versioned, workerCount);
    } catch (RuntimeException | IOException | LinkageError e) {
      // Whatever is wrong with a model, it is the model's trouble alone. The LinkageError is that
      // of a machine without the native library: the line fit needs none.
      LOG.atError()
          .setCause(e)
          .addKeyValue("model", name)
          .addKeyValue("model_version", version)
          .log("model could not be loaded; the server goes on without it");
      return ServedModel.failed(name, version, String.valueOf(e.getMessage()));
    }
  }

  private static ServedModel load(String name, String version, Path folder, int workerCount)
      throws IOException {
    var manifest = ModelManifest.read(folder.resolve("model.yaml"));
    requireEqual("name", manifest.name(), name, "the outer folder's name");
    requireEqual("version", manifest.version(), version, "the inner folder's name");
    if (name.equals(LineFitPredictor.NAME)) {
      throw new PredictorException("name: line-fit (expected: another; this one is built in)");
    }
    byte[] graph = readGraph(folder.resolve("model.onnx"));
    requireEqual("sha256 of model.onnx", sha256(graph), manifest.sha256(), "as in model.yaml");
    var predictor = OnnxPredictor.load(graph, manifest.rowCountMax(), workerCount);
    if (predictor.hasKappa() != manifest.signature().outputs().containsKey(OnnxSignature.KAPPA)) {
      predictor.close();
      throw new PredictorException(
          "signature.outputs: kappa in only one of model.yaml and model.onnx (expected: both or"
              + " neither)");
    }
    return ServedModel.ready(
        name,
        version,
        Model.Runtime.RUNTIME_ONNX,
        manifest.sha256(),
        manifest.description(),
        predictor);
  }

  private static byte[] readGraph(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new PredictorException("model.onnx: missing (expected: beside model.yaml)");
    }
    if (Files.size(file) > MODEL_BYTES_MAX) {
      throw new PredictorException(
          "model.onnx: %d bytes (expected: at most %d)"
              .formatted(Files.size(file), MODEL_BYTES_MAX));
    }
    return Files.readAllBytes(file);
  }

  private static void requireEqual(String what, String value, String wanted, String why) {
    if (!value.equals(wanted)) {
      throw new PredictorException("%s: %s (expected: %s, %s)".formatted(what, value, wanted, why));
    }
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
