// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;

import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A version of a model in memory: its card and, if it is ready, what answers.
 *
 * <p>It is counted who needs it: the repository, from its making until {@link #close}, and every
 * request that runs on it, from {@link #retain} until {@link #release}. The last one to leave
 * closes what answers, on its own thread. So a version that was replaced answers the requests it
 * has taken. Thread-safe.
 */
final class ServedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

  private final ModelCard card;
  private final @Nullable InferenceModel inference;
  private final ModelActivity activity = new ModelActivity();
  private final AtomicInteger references = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ModelPace pace = new ModelPace();
  private final ModelFaults faults;

  private ServedModel(ModelCard card, @Nullable InferenceModel inference) {
    this.card = card;
    this.inference = inference;
    this.faults = new ModelFaults(card);
  }

  /** A model that may be asked. */
  static ServedModel ready(
      String name,
      String version,
      Model.Runtime runtime,
      String sha256,
      String description,
      InferenceModel inference) {
    return new ServedModel(
        new ModelCard(
            name,
            version,
            runtime,
            Model.State.STATE_READY,
            sha256,
            inference.signature().isOfDirections() ? inference.rowCountMax() : 0,
            description),
        requireNonNull(inference, "inference"));
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

  /** What it has done since it was loaded. */
  ModelActivity activity() {
    return activity;
  }

  /** What is told and logged when it breaks. */
  ModelFaults faults() {
    return faults;
  }

  /** How long it needs. */
  ModelPace pace() {
    return pace;
  }

  /**
   * What answers.
   *
   * @throws ReasonException {@code MODEL_NOT_READY} if the model failed
   */
  InferenceModel inference() {
    if (inference == null) {
      throw new ReasonException(
          Reason.REASON_MODEL_NOT_READY,
          "model: %s is not ready (expected: STATE_READY); %s"
              .formatted(card.label(), card.description()));
    }
    return inference;
  }

  /**
   * Keeps the model open until {@link #release}.
   *
   * @return false if it is closed already; then another version has taken its place
   */
  boolean retain() {
    int count = references.get();
    while (count > 0) {
      if (references.compareAndSet(count, count + 1)) {
        return true;
      }
      count = references.get();
    }
    return false;
  }

  /** Gives back what {@link #retain} took. */
  void release() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException(
          "references: %d of %s (expected: each given back once)".formatted(left, card.label()));
    }
    if (left == 0 && inference != null) {
      closeInference(inference);
    }
  }

  private void closeInference(InferenceModel last) {
    try {
      last.close();
    } catch (PredictorException e) {
      // The request that happened to be the last has nothing to do with it.
      LOG.atError().setCause(e).addKeyValue("model", card.label()).log("model did not close");
    }
  }

  /** Whether nobody needs it any more and what answers is closed. */
  boolean isClosed() {
    return references.get() <= 0;
  }

  /** The repository needs it no more; requests that run on it may still. Later calls do nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }
}
