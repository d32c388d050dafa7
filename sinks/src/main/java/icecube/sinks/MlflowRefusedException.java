// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import java.io.IOException;

/**
 * MLflow's final no: a 4xx other than 408 and 429. The same request, made again, gets the same
 * answer.
 */
final class MlflowRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  MlflowRefusedException(String message) {
    super(message);
  }

  /** Whether this status of HTTP is one. */
  static boolean isFinal(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }
}
