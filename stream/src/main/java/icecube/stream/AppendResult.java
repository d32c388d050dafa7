// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * What became of an append.
 *
 * @param status see there
 * @param lastSequence the partition's high-water mark afterwards: the producer goes on at the next
 */
public record AppendResult(Status status, long lastSequence) {
  /** What became of an append. */
  public enum Status {
    /** All entries are there now. */
    OK,
    /** All entries were there already. */
    DUPLICATE,
    /** An earlier entry is missing (the log lost it): rewind to the mark and append from there. */
    GAP,
    /** The backlog is full: wait and append again. */
    BUSY,
    /** The log has rolled back behind this epoch: open again. */
    ROLLED_BACK,
    /** A newer producer has opened the partition: stop. */
    SUPERSEDED
  }
}
