// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import icecube.physics.DetectorGeometry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A partitioned log of events with exactly-once publication of what became of them.
 *
 * <p>Each partition is one stream of entries (micro-batches of events) that the producer numbers 1,
 * 2, 3 … without a gap (see {@link EntryId} for those that are made inside the log), one consumer
 * group, one stream of predictions, one of dead letters, and one account. The balance sheet of a
 * partition, true at every instant:
 *
 * <pre>emitted = predicted + deadLettered + inFlight</pre>
 *
 * <p>Every operation is idempotent: repeated, late or reordered by the network it changes nothing
 * that has already happened, so that an unknown outcome may always be retried. All methods throw
 * {@link EventLogException} if the log does not answer; the outcome is then unknown.
 *
 * <p>Thread-safe. Two implementations pass the same contract test: {@code RedisEventLog} and {@code
 * InMemoryEventLog}.
 */
public interface EventLog extends AutoCloseable {
  /** Number of partitions, at least 1; partitions are numbered from 0. */
  int partitionCount();

  /** Keeps a geometry beside the events, so that every consumer finds the detector by its hash. */
  void putGeometry(DetectorGeometry geometry);

  /** The geometry with this hash, if one was put. */
  Optional<DetectorGeometry> geometry(String hash);

  /**
   * Opens a partition for appending and fences every earlier producer of it.
   *
   * @param fingerprint identifies the source and how it is cut into entries; the same source may be
   *     resumed, another one is refused
   * @throws FingerprintMismatchException if the partition holds entries of another source
   */
  ProducerMark openProducer(int partition, String fingerprint);

  /**
   * Appends entries {@code firstSequence}, {@code firstSequence + 1} …; those already there are
   * skipped. Events refused at the door become dead letters in the same atomic step.
   *
   * @param epoch from {@link #openProducer}
   * @param backlogMax most entries the partition may hold unpublished; beyond it nothing is
   *     appended. What goes round again inside the log is not held back, so that the backlog may
   *     exceed this by the remainders and redriven entries of the moment, at most one per event
   */
  AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax);

  /**
   * States that the source has exactly {@code entryCount} entries for this partition: {@code OK},
   * or {@code GAP} if some are not there. A later append of more entries withdraws the statement.
   */
  AppendResult finishProducer(int partition, long epoch, long entryCount);

  /**
   * A reader of one partition for one consumer, with a connection of its own. It begins with
   * nothing in memory: read what is held first, then what is new.
   */
  EntryReader openReader(int partition, String consumer);

  /**
   * Publishes what became of an entry: predictions, dead letters, remainders, acknowledgement and
   * account in one atomic step, and only if the entry is still pending. First publication wins.
   *
   * <p>Remainders are new entries, delivered as if nobody had ever had them; they are not counted
   * as emitted again, and keep the {@code traceparent} of the entry they come from.
   *
   * <p>The stage may complete on a thread that serves all connections: what follows on it must not
   * wait, least of all for this log.
   */
  CompletionStage<CompletionOutcome> complete(int partition, Completion completion);

  /**
   * Renews the lease on entries this consumer holds, and never takes one it does not.
   *
   * @return the entries it still holds; drop the work on the others
   */
  Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids);

  /**
   * Hands back entries this consumer holds and will not complete, because it stops in good order:
   * any claim may take them at once, and the delivery that ends so is not counted against them.
   * Entries it does not hold are left as they are.
   *
   * @return the entries handed back
   */
  Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids);

  /**
   * Takes over entries whose holder has not renewed them.
   *
   * @param lone whether this consumer has nothing else in flight, so that a suspected
   *     process-killer may be handed to it alone
   */
  Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone);

  /**
   * Hands back all that this consumer holds, as {@link #release} does, also what it never heard of
   * because an answer was lost; then its name is gone.
   *
   * @return the entries handed back
   */
  Set<EntryId> leave(int partition, String consumer);

  /**
   * Makes this consumer known to the others for the length of the lease, and tells who is known.
   *
   * <p>So consumers share the partitions out: sorted as they are told, member r of m reads the
   * partitions p with {@code p % m == r}. It is a hint that may be wrong or late for a moment; what
   * keeps an entry single is the group, whoever reads.
   *
   * @param lease at least 1 ms; meet again well before it ends
   * @return the names known, this one among them, in their natural order
   */
  List<String> meet(String consumer, Duration lease);

  /** Takes this consumer off those known to {@link #meet}. */
  void depart(String consumer);

  /** The account of one partition, read at one instant. */
  PartitionAccount account(int partition);

  /**
   * Published predictions, oldest first.
   *
   * @param afterId the id of the last entry already seen; empty for the beginning
   */
  List<PublishedEntry> predictions(int partition, String afterId, int countMax);

  /** Dead letters, oldest first; parameters as in {@link #predictions}. */
  List<PublishedEntry> deadLetters(int partition, String afterId, int countMax);

  /**
   * Sends events of a dead letter round again: the letter goes, {@code kept} comes back as one of
   * its own, and {@code entries} are appended, in one atomic step. What goes round again is no
   * longer counted as dead-lettered; it was emitted once and stays counted so.
   *
   * <p>Entries and {@code kept} together must have the very events that the letter has. Letters of
   * the reason {@code EVENT_ID_DUPLICATE} are copies of an event that goes its own way: they are to
   * be kept. Nothing is changed if memory is full ({@link EventLogException}).
   *
   * @param deadLetterId the {@link PublishedEntry#id} of the letter
   * @param entries at least one, of at least one event each, all with the same {@code traceparent}
   * @param kept what stays dead-lettered, or {@link OutcomePart#NONE}
   * @return false if that letter is gone: sent round before, or trimmed
   * @throws IllegalArgumentException if the events are not those of the letter
   */
  boolean redrive(int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept);

  /**
   * Removes the oldest predictions and dead letters that every consumer group of that stream has
   * acknowledged, and nothing of a stream without a group. Their number and digest stay in the
   * account, so that {@link Reconciliation} holds.
   *
   * @param countMax most entries to remove of each of the two streams
   * @return entries removed of both
   */
  int trim(int partition, int countMax);

  /** What is watched of one partition all the time; asked every few seconds it costs nothing. */
  PartitionGlance glance(int partition);

  /** The streams of one partition with their groups and consumers. */
  PartitionInspection inspect(int partition);

  /** Whether the log answers; throws {@link EventLogException} with the cause if it does not. */
  void check();

  /** Closes connections; never throws. */
  @Override
  void close();

  /**
   * Reads entries of one partition for one consumer. Confined to one thread.
   *
   * <p>A reader lives as long as its connection. Once a method has thrown {@link
   * EventLogException}, a reply may be lost, and with it entries that are now held and never
   * returned: close the reader, open another, and go through {@link #readHeld} from the start
   * before {@link #readNew}. A failed reader keeps throwing, so that this cannot be missed.
   */
  interface EntryReader extends AutoCloseable {
    /**
     * Entries this consumer already holds and has not completed, in order, after one of them;
     * {@link EntryId#START} for the first. Empty if there are no more.
     */
    List<DeliveredEntry> readHeld(EntryId after, int countMax);

    /** New entries; waits up to {@code wait} for the first. Empty if none came. */
    List<DeliveredEntry> readNew(int countMax, Duration wait);

    @Override
    void close();
  }
}
