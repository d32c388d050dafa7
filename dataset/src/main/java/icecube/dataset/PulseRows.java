// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

/** The rows of a batch file, one pulse each, however it is stored. Confined to one thread. */
interface PulseRows extends AutoCloseable {
  /** Fills the block from its start and returns how many rows it now has; 0 at the end. */
  int read(PulseBlock block);

  /** Passes over the first rows, before any is read. */
  void skip(long rowCount);

  @Override
  void close();
}
