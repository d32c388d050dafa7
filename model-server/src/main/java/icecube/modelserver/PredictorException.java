// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/** A model that could not be loaded or run; the message says why and what to do. */
final class PredictorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean isOfValues;

  PredictorException(String message) {
    super(message);
    isOfValues = false;
  }

  PredictorException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private PredictorException(String message, Throwable cause, boolean isOfValues) {
    super(message, cause);
    this.isOfValues = isOfValues;
  }

  /** A run that ended because the graph refuses the values it was given. */
  static PredictorException ofValues(Throwable cause) {
    return new PredictorException(String.valueOf(cause.getMessage()), cause, true);
  }

  /** Whether it comes of the values that the model was given. */
  boolean isOfValues() {
    return isOfValues;
  }
}
