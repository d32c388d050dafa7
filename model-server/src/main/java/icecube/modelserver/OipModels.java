// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.Model;
import inference.ModelConfig;
import inference.ModelDynamicBatching;
import inference.ModelInput;
import inference.ModelInstanceGroup;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.ModelOutput;
import inference.ModelTransactionPolicy;
import inference.ModelVersionPolicy;
import java.util.List;

/** What a model looks like to a client of the open protocol. Stateless and thread-safe. */
final class OipModels {
  /** Realtime and archive; no caller's request waits where shadows' do. */
  private static final int PRIORITY_LEVELS = 2;

  private OipModels() {}

  /** What {@code model}, which must be ready, reads and writes. */
  static ModelMetadataResponse metadata(ServedModel model, List<String> versions) {
    var metadata =
        ModelMetadataResponse.newBuilder()
            .setName(model.card().name())
            .addAllVersions(versions)
            .setPlatform(platform(model.card()));
    var signature = model.inference().signature();
    signature.inputs().forEach(spec -> metadata.addInputs(metadataOf(spec)));
    signature.outputs().forEach(spec -> metadata.addOutputs(metadataOf(spec)));
    return metadata.build();
  }

  private static TensorMetadata metadataOf(TensorSpec spec) {
    return TensorMetadata.newBuilder()
        .setName(spec.name())
        .setDatatype(spec.datatype().name())
        .addAllShape(spec.dims())
        .build();
  }

  /**
   * How {@code model}, which must be ready, is set up.
   *
   * @param itemsMax the most items of one request
   * @param workerCount runs at once
   */
  static ModelConfig config(ServedModel model, int itemsMax, int workerCount) {
    var signature = model.inference().signature();
    var config =
        ModelConfig.newBuilder()
            .setName(model.card().name())
            .setPlatform(platform(model.card()))
            .setBackend(isOnnx(model.card()) ? "onnxruntime" : "java")
            .setVersionPolicy(
                ModelVersionPolicy.newBuilder().setAll(ModelVersionPolicy.All.newBuilder()))
            .setMaxBatchSize(signature.isBatched() ? itemsMax : 0)
            .addInstanceGroup(
                ModelInstanceGroup.newBuilder()
                    .setName(model.card().name())
                    .setCount(workerCount)
                    .setKind(ModelInstanceGroup.Kind.KIND_CPU))
            .setDynamicBatching(
                ModelDynamicBatching.newBuilder()
                    .setPriorityLevels(PRIORITY_LEVELS)
                    .setDefaultPriorityLevel(1))
            .setModelTransactionPolicy(ModelTransactionPolicy.getDefaultInstance());
    if (isOnnx(model.card())) {
      config.setDefaultModelFilename("model.onnx");
    }
    for (TensorSpec spec : signature.inputs()) {
      config.addInput(
          ModelInput.newBuilder()
              .setName(spec.name())
              .setDataType(spec.datatype().inConfig())
              .addAllDims(itemDims(signature, spec))
              .setAllowRaggedBatch(signature.isRagged()));
    }
    for (TensorSpec spec : signature.outputs()) {
      config.addOutput(
          ModelOutput.newBuilder()
              .setName(spec.name())
              .setDataType(spec.datatype().inConfig())
              .addAllDims(itemDims(signature, spec)));
    }
    return config.build();
  }

  private static List<Long> itemDims(ModelSignature signature, TensorSpec spec) {
    return signature.isBatched() ? spec.dims().subList(1, spec.dims().size()) : spec.dims();
  }

  private static boolean isOnnx(ModelCard card) {
    return card.runtime() == Model.Runtime.RUNTIME_ONNX;
  }

  private static String platform(ModelCard card) {
    return isOnnx(card) ? "onnxruntime_onnx" : "icecube_java";
  }
}
