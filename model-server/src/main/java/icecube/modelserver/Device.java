// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/** What graphs run on. */
public enum Device {
  /** The processors; every build can. */
  CPU(1),

  /**
   * The first CUDA device, if the build has the runtime for it ({@code -Pgpu}) and the machine has
   * one; else the processors, with one warning.
   */
  GPU(16);

  private final int batchScale;

  Device(int batchScale) {
    this.batchScale = batchScale;
  }

  /** How many times the batches of a processor it takes at once. */
  int batchScale() {
    return batchScale;
  }
}
