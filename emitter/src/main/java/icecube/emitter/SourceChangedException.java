// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

/** The source yields other events than when it was read before; resuming would mix the two. */
public final class SourceChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SourceChangedException(String message) {
    super(message);
  }
}
