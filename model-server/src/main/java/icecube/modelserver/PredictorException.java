// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/** A model that could not be loaded or run; the message says why and what to do. */
final class PredictorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PredictorException(String message) {
    super(message);
  }

  PredictorException(String message, Throwable cause) {
    super(message, cause);
  }
}
