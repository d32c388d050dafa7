// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

/** The rows of a batch file, one pulse each, however it is stored. Confined to one thread. */
interface PulseRows extends AutoCloseable {
  /** Moves to the next row; false at the end. */
  boolean next();

  long eventId();

  long sensorId();

  double timeNs();

  double chargePe();

  boolean auxiliary();

  @Override
  void close();
}
