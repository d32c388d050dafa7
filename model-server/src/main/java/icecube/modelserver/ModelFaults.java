// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told and logged when one version of a model breaks at a request.
 *
 * <p>Values that a graph refuses, such as an index out of range, are for the caller to mend, if the
 * caller chose them: it is told what the graph said, and nothing is logged. Everything else is the
 * model's fault or ours. As it may come with every request, one line is logged each {@link
 * #LOG_PERIOD} at most, which says how many were passed over; what ONNX Runtime said is one
 * sentence, as the stack above it is always the same. Thread-safe.
 */
final class ModelFaults {
  /** No more than one line in this time. */
  static final Duration LOG_PERIOD = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(ModelFaults.class);

  private final ModelCard card;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private boolean isLogged;

  @GuardedBy("lock")
  private long loggedNanos;

  @GuardedBy("lock")
  private long passedOver;

  ModelFaults(ModelCard card) {
    this.card = card;
  }

  /**
   * Why {@code question} gets no answer.
   *
   * @param failure what broke it; a {@link ReasonException} is the answer itself
   * @param nowNanos on a monotonic clock, always the same
   */
  ReasonException reasonOf(Question question, Throwable failure, long nowNanos) {
    if (failure instanceof ReasonException known) {
      return known;
    }
    if (failure instanceof PredictorException refused
        && refused.isOfValues()
        && question.isOfCallersValues()) {
      return new ReasonException(
          Reason.REASON_TENSORS_INVALID,
          "inputs: refused by the graph of %s (expected: values that it takes): %s"
              .formatted(card.label(), refused.getMessage()),
          failure);
    }
    // For one request only; the worker lives on. An Error too (no memory, no native library): a
    // dead worker would leave its caller and the queue waiting.
    turn(nowNanos).ifPresent(unlogged -> log(failure, unlogged));
    return new ReasonException(
        Reason.REASON_INTERNAL,
        "model: " + card.label() + " could not be run; see the server's log",
        failure);
  }

  /** How many were passed over since the last line, if it is time for one; empty if not. */
  OptionalLong turn(long nowNanos) {
    synchronized (lock) {
      if (isLogged && nowNanos - loggedNanos < LOG_PERIOD.toNanos()) {
        passedOver++;
        return OptionalLong.empty();
      }
      long unlogged = passedOver;
      isLogged = true;
      loggedNanos = nowNanos;
      passedOver = 0;
      return OptionalLong.of(unlogged);
    }
  }

  private void log(Throwable failure, long unlogged) {
    var line =
        LOG.atError()
            .addKeyValue("model", card.name())
            .addKeyValue("model_version", card.version())
            .addKeyValue("unlogged", unlogged);
    line =
        failure instanceof PredictorException
            ? line.addKeyValue("failure", failure.getMessage())
            : line.setCause(failure);
    line.log("request could not be predicted");
  }
}
