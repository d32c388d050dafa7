// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * The account of one partition at one instant.
 *
 * @param emitted events appended, and those refused at the door
 * @param predicted events published with a prediction
 * @param deadLettered events published as dead letters and not sent round again
 * @param emittedDigest digest of the ids appended
 * @param predictedDigest digest of the ids predicted
 * @param deadLetteredDigest digest of the ids dead-lettered
 * @param lastSequence the highest sequence appended; 0 if none
 * @param entryCount entries the source has for this partition, once the producer has said so
 * @param backlog entries not yet published
 * @param pending entries of the backlog that a consumer holds
 * @param predictionEntryCount entries of the predictions stream at this instant
 * @param deadLetterEntryCount entries of the dead-letter stream at this instant
 * @param predictedTrimmed those of the events predicted whose predictions were trimmed
 * @param deadLetteredTrimmed those of the events dead-lettered whose letters were trimmed
 * @param redriven how many events were ever taken from the dead letters to go round again
 */
public record PartitionAccount(
    long emitted,
    long predicted,
    long deadLettered,
    EventDigest emittedDigest,
    EventDigest predictedDigest,
    EventDigest deadLetteredDigest,
    long lastSequence,
    OptionalLong entryCount,
    long backlog,
    long pending,
    long predictionEntryCount,
    long deadLetterEntryCount,
    Tally predictedTrimmed,
    Tally deadLetteredTrimmed,
    long redriven) {
  public PartitionAccount {
    requireNonNull(emittedDigest, "emittedDigest");
    requireNonNull(predictedDigest, "predictedDigest");
    requireNonNull(deadLetteredDigest, "deadLetteredDigest");
    requireNonNull(entryCount, "entryCount");
    requireNonNull(predictedTrimmed, "predictedTrimmed");
    requireNonNull(deadLetteredTrimmed, "deadLetteredTrimmed");
  }

  /** Events appended and not yet published. */
  public long inFlight() {
    return emitted - predicted - deadLettered;
  }

  /**
   * Events by which the account does not balance: 0, unless some were lost, doubled or exchanged.
   * Where as many were published as emitted but not the same ones, it is 1, as nobody knows how
   * many.
   */
  public long imbalance() {
    if (backlog > 0) {
      return Math.max(0, -inFlight());
    }
    boolean isSame = emittedDigest.equals(predictedDigest.plus(deadLetteredDigest));
    return inFlight() == 0 && !isSame ? 1 : Math.abs(inFlight());
  }

  /** Whether all the source has was appended and published, and the digests agree. */
  public boolean isComplete() {
    return entryCount.isPresent()
        && entryCount.getAsLong() == lastSequence
        && backlog == 0
        && imbalance() == 0;
  }
}
