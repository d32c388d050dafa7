// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

/** A promise of the mesh that did not hold. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }
}
