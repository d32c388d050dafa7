// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

/** Whose matter a {@link icecube.v1.Reason} is, which decides whether a retry can help. */
public enum ReasonKind {
  /** The event is wrong: no retry helps, it becomes a dead letter. */
  CALLER_EVENT(false),
  /** The request is wrong as a whole: no retry helps. */
  CALLER_REQUEST(false),
  /** Too much at once: a later retry helps. */
  OVERLOAD(true),
  /** The server's own trouble: a retry elsewhere, or later, helps. */
  OURS(true);

  private final boolean retryable;

  ReasonKind(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same request may succeed when sent again. */
  public boolean isRetryable() {
    return retryable;
  }
}
