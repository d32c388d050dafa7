// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import org.jspecify.annotations.Nullable;

/** A request got no usable answer from its server; another try, or another server, may give one. */
final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LinkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
