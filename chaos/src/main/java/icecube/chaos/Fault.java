// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

/**
 * One thing that a schedule does to the mesh.
 *
 * @param atMillis when, from the start of the faults
 * @param kind what
 * @param target which of several processes: this number modulo their count
 * @param millis how long it lasts, or how long what was killed stays away
 * @param bytes how much of the log's end is lost, for {@link FaultKind#LOG_TAIL_LOST}
 */
record Fault(long atMillis, FaultKind kind, int target, int millis, int bytes) {
  Fault {
    requireNonNull(kind, "kind");
    if (atMillis < 0 || target < 0 || millis < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "fault: %d ms, target %d, %d ms, %d bytes (expected: no negative number)"
              .formatted(atMillis, target, millis, bytes));
    }
  }
}
