// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.FeatureCodec;
import icecube.v1.Model;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What makes a model that may be asked of the files a source has: reads them, verifies them, opens
 * the graph and rehearses it.
 *
 * <p>The bytes whose checksum was verified are the bytes that run. A graph without a manifest is
 * served too, by the signature it carries itself; there is then no checksum to hold it to.
 * Immutable and thread-safe.
 */
final class ModelLoader {
  private final int workerCount;
  private final OnnxSessions sessions;

  /**
   * @param workerCount how many threads will ask a model at once
   * @param device what graphs run on
   */
  ModelLoader(int workerCount, Device device) {
    this.workerCount = workerCount;
    this.sessions = new OnnxSessions(device);
  }

  /**
   * The offered model, ready, with one reference that the caller owns.
   *
   * @throws PredictorException if anything about it is wrong; says what and what to do
   * @throws IOException if the source cannot be read
   */
  ServedModel load(ModelSource source, ModelOffer offer) throws IOException {
    requireMatch("name", offer.name(), ModelManifest.NAME);
    requireMatch("version", offer.version(), ModelManifest.VERSION);
    var manifest =
        source
            .read(offer, ModelSource.MANIFEST, ModelManifest.SIZE_BYTES_MAX)
            .map(ModelManifest::parse);
    manifest.ifPresent(stated -> requireSameModel(stated, offer));
    byte[] graph = readGraph(source, offer);
    String sha256 = sha256(graph);
    manifest.ifPresent(
        stated ->
            requireEqual("sha256 of model.onnx", sha256, stated.sha256(), "as in model.yaml"));
    int rowCountMax =
        manifest.map(ModelManifest::rowCountMaxOrOne).orElse(FeatureCodec.ROW_COUNT_MAX);
    var model =
        OnnxModel.load(
            graph,
            sessions,
            read -> manifest.map(m -> m.of(read)).orElse(read),
            rowCountMax,
            manifest.map(ModelManifest::rowLadder).orElse(RowLadder.EVERY),
            workerCount);
    try {
      requireBatchAxis(model, graph, manifest.isPresent());
      Rehearsal.of(model);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
    return ServedModel.ready(
        offer.name(),
        offer.version(),
        Model.Runtime.RUNTIME_ONNX,
        sha256,
        description(manifest, source),
        model);
  }

  /**
   * Has {@code model} answer one request at a time if its first axis is no batch, or was not found
   * to be one and nobody states it.
   */
  private static void requireBatchAxis(OnnxModel model, byte[] graph, boolean isStated) {
    if (!model.signature().isBatched()) {
      return;
    }
    boolean isQuantized = OnnxFile.hasOperator(graph, "DynamicQuantizeLinear");
    var found =
        Rehearsal.isBatchAxisFirst(
            model, isQuantized ? Rehearsal.TOLERANCE_QUANTIZED : Rehearsal.TOLERANCE);
    if (isStated && found.isPresent() && !found.get()) {
      throw new PredictorException(
          "signature: %s (expected: a batch on the first axis); an item's answer changes with its"
                  .formatted(model.signature())
              + " neighbours; give the axis a number, or other names in each tensor");
    }
    if (!isStated && !found.orElse(false)) {
      model.dropBatchAxis();
    }
  }

  private static String description(Optional<ModelManifest> manifest, ModelSource source) {
    return manifest
        .map(ModelManifest::description)
        .orElseGet(() -> "No model.yaml in " + source + ": served by the signature of its graph.");
  }

  private static void requireSameModel(ModelManifest manifest, ModelOffer offer) {
    requireEqual("name", manifest.name(), offer.name(), "the outer folder's name");
    if (!offer.isVersionAssigned()) {
      requireEqual("version", manifest.version(), offer.version(), "the inner folder's name");
    }
  }

  private static byte[] readGraph(ModelSource source, ModelOffer offer) throws IOException {
    return source
        .read(offer, ModelSource.GRAPH, ModelFolder.MODEL_BYTES_MAX)
        .orElseThrow(
            () ->
                new PredictorException(
                    "model.onnx: missing in " + offer.location() + " (expected: a graph)"));
  }

  private static void requireMatch(String what, String value, Pattern pattern) {
    if (!pattern.matcher(value).matches()) {
      throw new PredictorException(
          "%s: %s (expected: %s); rename it".formatted(what, value, pattern));
    }
  }

  private static void requireEqual(String what, String value, String wanted, String why) {
    if (!value.equals(wanted)) {
      throw new PredictorException("%s: %s (expected: %s, %s)".formatted(what, value, wanted, why));
    }
  }

  /** 64 lower-case hex digits. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
