// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

/**
 * What ends whatever a simulated process was doing when it was killed. An error, so that no code
 * that outlives exceptions outlives it; without a stack, since there are many.
 */
final class ProcessDied extends Error {
  private static final long serialVersionUID = 1L;

  ProcessDied(String process) {
    super(process, null, false, false);
  }
}
