// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
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
import java.util.ArrayList;
import java.util.List;

/** What a model looks like to a client of the open protocol. Stateless and thread-safe. */
final class OipModels {
  /** A tensor of a signature; the first axis is the batch. */
  private record Tensor(String name, OipDatatype type, List<Long> dims) {}

  private static final List<Tensor> INPUTS =
      List.of(
          new Tensor(
              OipDirections.FEATURES,
              OipDatatype.FP32,
              List.of(-1L, -1L, (long) FeatureTable.COLUMN_COUNT)),
          new Tensor(OipDirections.LENGTHS, OipDatatype.INT64, List.of(-1L)));
  private static final Tensor DIRECTION =
      new Tensor(OipDirections.DIRECTION, OipDatatype.FP32, List.of(-1L, 3L));
  private static final Tensor KAPPA =
      new Tensor(OipDirections.KAPPA, OipDatatype.FP32, List.of(-1L));

  private OipModels() {}

  private static List<Tensor> outputs(ServedModel model) {
    return model.predictor().hasKappa() ? List.of(DIRECTION, KAPPA) : List.of(DIRECTION);
  }

  /** What {@code model}, which must be ready, reads and writes. */
  static ModelMetadataResponse metadata(ServedModel model, List<String> versions) {
    var metadata =
        ModelMetadataResponse.newBuilder()
            .setName(model.card().name())
            .addAllVersions(versions)
            .setPlatform(platform(model.card()));
    INPUTS.forEach(tensor -> metadata.addInputs(metadataOf(tensor)));
    outputs(model).forEach(tensor -> metadata.addOutputs(metadataOf(tensor)));
    return metadata.build();
  }

  private static TensorMetadata metadataOf(Tensor tensor) {
    return TensorMetadata.newBuilder()
        .setName(tensor.name())
        .setDatatype(tensor.type().name())
        .addAllShape(tensor.dims())
        .build();
  }

  /**
   * How {@code model}, which must be ready, is set up.
   *
   * @param itemsMax the most items of one request
   * @param workerCount runs at once
   */
  static ModelConfig config(ServedModel model, int itemsMax, int workerCount) {
    var config =
        ModelConfig.newBuilder()
            .setName(model.card().name())
            .setPlatform(platform(model.card()))
            .setBackend(isOnnx(model.card()) ? "onnxruntime" : "java")
            .setVersionPolicy(
                ModelVersionPolicy.newBuilder().setAll(ModelVersionPolicy.All.newBuilder()))
            .setMaxBatchSize(itemsMax)
            .addInstanceGroup(
                ModelInstanceGroup.newBuilder()
                    .setName(model.card().name())
                    .setCount(workerCount)
                    .setKind(ModelInstanceGroup.Kind.KIND_CPU))
            .setDynamicBatching(
                ModelDynamicBatching.newBuilder()
                    .setPriorityLevels(Lane.values().length)
                    .setDefaultPriorityLevel(1))
            .setModelTransactionPolicy(ModelTransactionPolicy.getDefaultInstance());
    if (isOnnx(model.card())) {
      config.setDefaultModelFilename("model.onnx");
    }
    for (Tensor tensor : INPUTS) {
      config.addInput(
          ModelInput.newBuilder()
              .setName(tensor.name())
              .setDataType(tensor.type().inConfig())
              .addAllDims(withoutBatch(tensor))
              .setAllowRaggedBatch(true));
    }
    for (Tensor tensor : outputs(model)) {
      config.addOutput(
          ModelOutput.newBuilder()
              .setName(tensor.name())
              .setDataType(tensor.type().inConfig())
              .addAllDims(withoutBatch(tensor)));
    }
    return config.build();
  }

  private static List<Long> withoutBatch(Tensor tensor) {
    return new ArrayList<>(tensor.dims().subList(1, tensor.dims().size()));
  }

  private static boolean isOnnx(ModelCard card) {
    return card.runtime() == Model.Runtime.RUNTIME_ONNX;
  }

  private static String platform(ModelCard card) {
    return isOnnx(card) ? "onnxruntime_onnx" : "icecube_java";
  }
}
