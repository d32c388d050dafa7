// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * The id of an entry of events: its sequence, and its part.
 *
 * <p>What a producer appends are parts 0 of the sequences 1, 2, 3 …. Entries made inside the log
 * (dead letters that go round again, the remainder of an entry completed in part) are parts 1, 2 …
 * of the last sequence then, so that the producer's high-water mark stays where it is. Ids order
 * entries as they are read.
 *
 * @param sequence from 1; 0 only in {@link #START}
 * @param part from 0
 */
public record EntryId(long sequence, int part) implements Comparable<EntryId> {
  /** Before every entry: to read from the beginning. */
  public static final EntryId START = new EntryId(0, 0);

  public EntryId {
    if (sequence < 0 || part < 0) {
      throw new IllegalArgumentException(
          "entry id: " + sequence + "-" + part + " (expected: no negative number)");
    }
  }

  /** The entry that a producer appended under this sequence. */
  public static EntryId of(long sequence) {
    return new EntryId(sequence, 0);
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text is no such id
   */
  public static EntryId parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("entry id: " + text + " (expected: as 17-0)");
    }
    try {
      return new EntryId(
          Long.parseLong(text, 0, dash, 10), Integer.parseInt(text, dash + 1, text.length(), 10));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("entry id: " + text + " (expected: as 17-0)", e);
    }
  }

  @Override
  public int compareTo(EntryId other) {
    int bySequence = Long.compare(sequence, other.sequence);
    return bySequence != 0 ? bySequence : Integer.compare(part, other.part);
  }

  /** As Redis has it: {@code 17-0}. */
  @Override
  public String toString() {
    return sequence + "-" + part;
  }
}
