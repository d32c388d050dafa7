// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import org.jspecify.annotations.Nullable;

/**
 * A service that could not start because of its surroundings: a port taken, a host that does not
 * resolve, a server that is not there. The message says what, the value, what was expected and what
 * to do, so that it can be shown as it is, without a stack trace.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For example {@code port: 8470 (expected: a free port); choose another, or 0 for any}. */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
