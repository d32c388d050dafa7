// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A model of the repository: its card and, if it is ready, what predicts. Owns its predictor.
 * Immutable and thread-safe.
 */
final class ServedModel implements AutoCloseable {
  private final ModelCard card;
  private final @Nullable Predictor predictor;

  private ServedModel(ModelCard card, @Nullable Predictor predictor) {
    this.card = card;
    this.predictor = predictor;
  }

  /** A model that may be asked. */
  static ServedModel ready(
      String name,
      String version,
      Model.Runtime runtime,
      String sha256,
      String description,
      Predictor predictor) {
    return new ServedModel(
        new ModelCard(
            name,
            version,
            runtime,
            Model.State.STATE_READY,
            sha256,
            predictor.rowCountMax(),
            description),
        requireNonNull(predictor, "predictor"));
  }

  /** A model that could not be loaded. */
  static ServedModel failed(String name, String version, String why) {
    return new ServedModel(
        new ModelCard(
            name, version, Model.Runtime.RUNTIME_ONNX, Model.State.STATE_FAILED, "", 0, why),
        null);
  }

  ModelCard card() {
    return card;
  }

  /**
   * What predicts.
   *
   * @throws ReasonException {@code MODEL_NOT_READY} if the model failed
   */
  Predictor predictor() {
    if (predictor == null) {
      throw new ReasonException(
          Reason.REASON_MODEL_NOT_READY,
          "model: %s is not ready (expected: STATE_READY); %s"
              .formatted(card.label(), card.description()));
    }
    return predictor;
  }

  @Override
  public void close() {
    if (predictor != null) {
      predictor.close();
    }
  }
}
